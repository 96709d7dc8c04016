#!/bin/sh
# Builds the programs that test the manifests from Go modules: kustomize, etcd, kube-apiserver and kube-scheduler. Adds
# crds/ with the kinds that are not part of Kubernetes (versions below). Prints the folder, which is a cache outside of
# the project. The folder is named after this script without its comments and after build/go.mod and build/go.sum, so
# each set of versions is built once. Needs Go. The first build takes more than ten minutes on two cores and reports its
# progress.
set -eu

gateway_api=1.6.3 prometheus_operator=0.85.0
here=$(cd "$(dirname "$0")" && pwd)
key=$({ grep -v '^ *#' "$here/build.sh"; cat "$here/build/go.mod" "$here/build/go.sum"; } | sha256sum | cut -c 1-12)
home=${XDG_CACHE_HOME:-$HOME/.cache}/ambient-ci/kubernetes-$key
# Two compilers run at a time on any machine, because each may take a gigabyte.
export GOFLAGS='-buildvcs=false -p=2' CGO_ENABLED=0

# Compiles one program of a module. Prints a line every half minute, because a long silence looks like a hang.
compile() { # name, package
  [ ! -x "$home/$1" ] || return 0
  echo "$0: compiling $1" >&2
  (
    seconds=0
    # The loop may outlive this script by some seconds, so it does not keep the lock open.
    while sleep 30 > /dev/null 2>&1 9>&-; do seconds=$((seconds + 30)); echo "$0: compiling $1, $seconds s" >&2; done
  ) &
  clock=$!
  status=0
  (cd "$here/build" && nice -n 15 go build -ldflags '-s -w' -o "$home/new-$1" "$2") || status=$?
  kill "$clock" 2> /dev/null || true
  [ "$status" = 0 ] || exit "$status"
  mv "$home/new-$1" "$home/$1"
}

# Copies files from a module, whose content Go verifies against the checksum database.
copy_crds() { # module@version, pattern of files in it
  folder=$(cd / && GOFLAGS='' go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
  for file in $folder/$2; do install -m 644 "$file" "$home/new-crds/"; done
}

mkdir -p "$home"
(
  flock 9
  if [ ! -e "$home/complete" ]; then
    command -v go > /dev/null || { echo "$0: go is missing: it builds the Kubernetes API server" >&2; exit 1; }
    rm -rf "$home/new-crds" "$home/crds"
    mkdir "$home/new-crds"
    gateway="sigs.k8s.io/gateway-api@v$gateway_api"
    copy_crds "$gateway" 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml'
    copy_crds "$gateway" 'config/crd/standard/gateway.networking.k8s.io_gateways.yaml'
    operator="github.com/prometheus-operator/prometheus-operator@v$prometheus_operator"
    copy_crds "$operator" 'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml'
    copy_crds "$operator" 'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml'
    mv "$home/new-crds" "$home/crds"
    compile kustomize sigs.k8s.io/kustomize/kustomize/v5
    compile etcd go.etcd.io/etcd/server/v3
    compile kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
    compile kube-scheduler k8s.io/kubernetes/cmd/kube-scheduler
    touch "$home/complete"
  fi
) 9> "$home/lock"
echo "$home"
