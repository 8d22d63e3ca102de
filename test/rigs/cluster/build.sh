#!/usr/bin/env bash
# Builds the parts of a Kubernetes node from Debian's source package (1.20.2, of bookworm), which no binary package has, into
# the folder given: about 10 minutes on two cores. Needs golang-1.19-go, dpkg-dev and gcc, and no root.
set -euo pipefail

out=$(realpath -m "$1")
release=bookworm
mkdir -p "$out.work"
cd "$out.work"

# The machine's own mirrors of Debian, asked for sources, with lists aside: the machine's stay as they are.
mkdir -p apt/lists/partial apt/cache/archives/partial
key=/usr/share/keyrings/debian-archive-keyring.gpg
apt-get indextargets --format '$(CODENAME) $(ORIGIN) $(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
  sed -nE "s#^($release|$release-security) Debian (\S+) main\$#deb-src [signed-by=$key] \2 \1 main#p" >apt/sources.list
options=(-q -o "Dir::Etc::sourcelist=$PWD/apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$PWD/apt/lists"
  -o "Dir::Cache=$PWD/apt/cache")
apt-get "${options[@]}" update
[ -d src/k8s.io/kubernetes ] || {
  apt-get "${options[@]}" source kubernetes
  mkdir -p src/k8s.io
  mv kubernetes-1*/ src/k8s.io/kubernetes
}
cd src/k8s.io/kubernetes

# A process without CAP_SYS_RESOURCE, as in most containers and sandboxes, may not lower the score by which the kernel picks
# whom to end when memory runs out. Kubernetes would lower its own and its sandboxes', and start nothing.
sed -i 's/defaultSandboxOOMAdj int = -998/defaultSandboxOOMAdj int = 0/' pkg/kubelet/dockershim/docker_sandbox.go
sed -i -E 's/(Kubelet|KubeProxy)(OOMScoreAdj +int =) -999/\1\2 0/' pkg/kubelet/qos/policy.go

export PATH=/usr/lib/go-1.19/bin:$PATH GO111MODULE=off GOTOOLCHAIN=local GOFLAGS= CGO_ENABLED=0
export GOPATH="$out.work" GOCACHE="$out.work/go-build"

# The one generated file that the package hasn't got: descriptions of the API's types.
go build -o "$out.work/openapi-gen" k8s.io/kubernetes/vendor/k8s.io/kube-openapi/cmd/openapi-gen
types=$(grep -rl '+k8s:openapi-gen=' --include='*.go' pkg staging/src/k8s.io |
  grep -v -e sample- -e code-generator -e _test.go -e /generated/ | xargs -n1 dirname | LC_ALL=C sort -u |
  sed 's#^staging/src/#vendor/#; s#^#k8s.io/kubernetes/#' | paste -sd,)
"$out.work/openapi-gen" --logtostderr -i "$types" -p k8s.io/kubernetes/pkg/generated/openapi -O zz_generated.openapi \
  -h hack/boilerplate/boilerplate.generatego.txt -r "$out.work/violations" 2>"$out.work/openapi.log"

flags='-s -w'
for package in component-base/version client-go/pkg/version; do
  at=k8s.io/kubernetes/vendor/k8s.io/$package
  flags+=" -X $at.gitVersion=v1.20.2 -X $at.gitMajor=1 -X $at.gitMinor=20"
done
mkdir -p "$out.new"
for part in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do
  go build -p 2 -ldflags "$flags" -o "$out.new/$part" "k8s.io/kubernetes/cmd/$part"
done
# What holds a pod's network while its containers come and go.
gcc -Os -static -o "$out.new/pause" build/pause/linux/pause.c

rm -rf "$out"
mv "$out.new" "$out"
rm -rf "$out.work"
