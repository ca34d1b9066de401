# Builds everything that has no Debian package, from the module proxy and PyPI. Sourced by `cluster`.
#
# Each result stands in the cache under a key of all that it is made from, and is put there in one rename: a build that was
# cut off is taken up again (Go's own cache has what was compiled), and no half of it is ever used.

packages() {
  local missing=() p
  for p in etcd-server redis-server nginx-light git containerd runc containernetworking-plugins iptables conntrack \
    debootstrap iproute2 openssl ca-certificates gcc libc6-dev lua5.1; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "installing ${missing[*]}"
  # A distribution's own services would take the ports, and outlive `down`.
  local policy=/usr/sbin/policy-rc.d held=
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; held=1; }
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || { [ -z "$held" ] || rm $policy; return 1; }
  [ -z "$held" ] || rm $policy
}

key() { sha256sum | cut -c1-12; }

# dir_of MODULE: where its binaries stand
dir_of() { echo "$CACHE/$1-$(cd "$HERE/modules/$1" && { cat go.mod go.sum; find . -name '*.go' -exec cat {} +; } | key)"; }

# compile MODULE TOOLCHAIN SOURCES PACKAGE...
# SOURCES are what of a module's own sources is kept beside the programs: its path and directories in it.
compile() {
  local module=$1 toolchain=$2 sources=$3 dir
  shift 3
  dir=$(dir_of "$module")
  [ -d "$dir" ] && return
  say "building $module"
  mkdir -p "$CACHE/.$module"
  (
    cd "$HERE/modules/$module"
    # Nobody debugs them, and no compiler lives long enough to need its garbage collector: a third of the time (coredns, cold).
    export GOTOOLCHAIN=$toolchain GOFLAGS='-mod=readonly -buildvcs=false' CGO_ENABLED=0 GOGC=off GOMEMLIMIT=2GiB
    go build -trimpath -gcflags=all=-dwarf=false -ldflags='-s -w' -o "$CACHE/.$module/" "$@"
    # shellcheck disable=SC2086 # a list of words
    keep "$CACHE/.$module" $sources
  )
  mv -T "$CACHE/.$module" "$dir"
}

# keep TARGET MODULE-PATH DIRECTORY...
keep() {
  local target=$1 source
  [ $# -gt 1 ] || return 0
  source=$(go list -m -f '{{.Dir}}' "$2")
  shift 2
  (cd "$source" && cp -r --parents --no-preserve=mode,ownership "$@" "$target")
}

build() {
  local turn
  mkdir -p "$CACHE"
  exec {turn}>"$CACHE/build.lock"
  flock "$turn"
  compile kubernetes auto '' k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet,kube-proxy,kubectl}
  compile kro auto 'github.com/kubernetes-sigs/kro helm/crds' github.com/kubernetes-sigs/kro/cmd/controller
  compile kuberay auto 'github.com/ray-project/kuberay/ray-operator config/crd/bases' github.com/ray-project/kuberay/ray-operator
  compile coredns auto '' .
  # Argo CD 3.6 asks for a newer Go than the others; Go fetches it as a module.
  compile argo-cd go1.27.3 'github.com/argoproj/argo-cd/v3 manifests/crds manifests/base/config hack/git-verify-wrapper.sh hack/gpg-wrapper.sh hack/git-ask-pass.sh' \
    github.com/argoproj/argo-cd/v3/cmd
  exec {turn}>&-
}
