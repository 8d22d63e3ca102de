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

group "default" {
  targets = ["base", "service", "load"]
}

target "base" {
  name    = "base-${line}"
  matrix  = { line = ["push", "iot"] }
  context = "docker/bases/${line}"
  tags    = ["${REGISTRY}/base-${line}:${VERSION}"]
}

target "service" {
  name = "${line}-${role}"
  matrix = {
    line = ["push", "iot"]
    role = ["cm", "im", "user-redis", "user-mysql", "agent"]
  }
  context    = "."
  dockerfile = "docker/service/Dockerfile"
  contexts   = { base = "target:base-${line}" }
  args = {
    BASE     = "base"
    SERVICE  = role
    VERSION  = VERSION
    REVISION = REVISION
  }
  secret = NPMRC == "" ? [] : ["id=npmrc,src=${NPMRC}"]
  tags   = ["${REGISTRY}/${line}-${role}:${VERSION}"]
}

# The load tool, on the base that has a shell.
target "load" {
  context    = "."
  dockerfile = "docker/load/Dockerfile"
  contexts   = { base = "target:base-push" }
  args = {
    BASE     = "base"
    VERSION  = VERSION
    REVISION = REVISION
  }
  secret = NPMRC == "" ? [] : ["id=npmrc,src=${NPMRC}"]
  tags   = ["${REGISTRY}/load:${VERSION}"]
}
