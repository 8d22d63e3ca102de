#!/usr/bin/env bash
# Builds a part of the rig's cluster into the folder given: build.sh PART FOLDER. Each part is a Go module of its own beside this
# file, whose go.mod and go.sum pin what is built. "kubernetes" takes about a quarter of an hour on two busy cores, the first
# time; Go keeps what it compiled. Needs Go 1.24 or newer and, for "kubernetes", a C compiler.
set -euo pipefail
part=$1 out=$(realpath -m "$2")
cd "$(dirname "$0")/$part"
mkdir -p "$out.new"
export CGO_ENABLED=0 GOFLAGS="-mod=readonly -buildvcs=false"

build() { # build NAME PACKAGE MODULE VARIABLES: the variables named say the version of the module that it is of
  local flags='-s -w' variable version
  version=$(go list -m -f '{{.Version}}' "$3")
  for variable in $4; do flags+=" -X $variable=$version"; done
  go build -trimpath -ldflags "$flags ${5:-}" -o "$out.new/$1" "$2"
}

case $part in
  kubernetes)
    at=k8s.io/component-base/version
    IFS=. read -r major minor _ <<<"$(go list -m -f '{{slice .Version 1}}' k8s.io/kubernetes)"
    build kubernetes . k8s.io/kubernetes "$at.gitVersion" "-X $at.gitMajor=$major -X $at.gitMinor=$minor"
    for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy; do
      ln -s kubernetes "$out.new/$name"
    done
    # What holds a pod's network while its containers come and go.
    source=$(go list -m -f '{{.Dir}}' k8s.io/kubernetes)/build/pause/linux/pause.c
    gcc -Os -static -DVERSION=1 -o "$out.new/pause" "$source"
    ;;
  policies)
    module=github.com/cloudnativelabs/kube-router/v2
    build kube-router "$module/cmd/kube-router" "$module" "$module/pkg/version.Version"
    ;;
  dns)
    module=github.com/coredns/coredns
    build coredns . "$module" "$module/coremain.GitTag"
    ;;
  prometheus)
    module=github.com/prometheus/prometheus
    for name in prometheus promtool; do
      build "$name" "$module/cmd/$name" "$module" github.com/prometheus/common/version.Version
    done
    ;;
  *)
    echo "$part is no part" >&2
    exit 2
    ;;
esac
mv "$out.new" "$out"
