#!/bin/sh
# Prints the path of Prometheus' promtool. Builds it with Go when the cache folder outside of the project does not
# contain this version. The build leaves out service discovery, which is most of the source and which rules do not need.
set -eu

version=0.315.0
package=github.com/prometheus/prometheus/cmd/promtool
home=${XDG_CACHE_HOME:-$HOME/.cache}/ambient-ci/promtool-$version

mkdir -p "$home"
(
  flock 9
  if [ ! -x "$home/promtool" ]; then
    command -v go > /dev/null || { echo "$0: go is missing: install Go, which builds promtool" >&2; exit 1; }
    # go install refuses the replacements in the module's go.mod. They do not apply to a dependency.
    module=$(mktemp -d)
    trap 'rm -rf "$module"' EXIT
    cd "$module"
    {
      go mod init promtool.invalid
      go get "$package@v$version"
      nice -n 15 go build -tags remove_all_sd,builtinassets -ldflags '-s -w' -o "$home/promtool.new" "$package"
    } >&2
    mv "$home/promtool.new" "$home/promtool"
  fi
) 9> "$home/lock"

echo "$home/promtool"
