# All product lines × roles: docker buildx bake -f docker/docker-bake.hcl
# One of them: docker buildx bake -f docker/docker-bake.hcl push-cm

variable "REGISTRY" {
  default = "longwire"
}

variable "VERSION" {
  default = "0.1.0"
}

variable "REVISION" {
  default = "unknown"
}

# An .npmrc, where packages come from a registry of one's own.
variable "NPMRC" {
  default = ""
}

# For a registry: PLATFORMS=linux/amd64,linux/arm64. One that is empty is that of the machine, which its engine can keep.
variable "PLATFORMS" {
  default = ""
}

# For a registry: ATTEST="type=sbom;type=provenance,mode=max".
variable "ATTEST" {
  default = ""
}

group "default" {
  targets = ["base", "service", "load"]
}

target "base" {
  name    = "base-${line}"
  matrix  = { line = ["push", "iot"] }
  context = "docker/bases/${line}"
  args = {
    VERSION  = VERSION
    REVISION = REVISION
  }
  tags    = ["${REGISTRY}/base-${line}:${VERSION}"]
  platforms = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  attest    = ATTEST == "" ? [] : split(";", ATTEST)
}

target "service" {
  name = "${line}-${role}"
  matrix = {
    line = ["push", "iot"]
    role = ["cm", "im", "user-redis", "user-mysql", "console", "agent"]
  }
  context    = "."
  dockerfile = "docker/service/Dockerfile"
  contexts   = { base = "target:base-${line}" }
  args = {
    BASE      = "base"
    BASE_NAME = "${REGISTRY}/base-${line}:${VERSION}"
    SERVICE   = role
    VERSION   = VERSION
    REVISION  = REVISION
  }
  secret = NPMRC == "" ? [] : ["id=npmrc,src=${NPMRC}"]
  tags   = ["${REGISTRY}/${line}-${role}:${VERSION}"]
  platforms = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  attest    = ATTEST == "" ? [] : split(";", ATTEST)
}

# The load tool, on the base that has a shell.
target "load" {
  context    = "."
  dockerfile = "docker/load/Dockerfile"
  contexts   = { base = "target:base-push" }
  args = {
    BASE      = "base"
    BASE_NAME = "${REGISTRY}/base-push:${VERSION}"
    VERSION   = VERSION
    REVISION  = REVISION
  }
  secret = NPMRC == "" ? [] : ["id=npmrc,src=${NPMRC}"]
  tags   = ["${REGISTRY}/load:${VERSION}"]
  platforms = PLATFORMS == "" ? [] : split(",", PLATFORMS)
  attest    = ATTEST == "" ? [] : split(";", ATTEST)
}
