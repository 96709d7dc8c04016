#!/bin/sh
# Prints where Prometheus' promtool is. Builds it first, once for a version, into a cache folder outside the project; needs Go for that. It
# is built without the clouds it could discover targets in, which are most of its source and which rules don't need.
set -eu

version=0.315.0
package=github.com/prometheus/prometheus/cmd/promtool
home=${XDG_CACHE_HOME:-$HOME/.cache}/ambient-ci/promtool-$version

mkdir -p "$home"
(
  flock 9
  if [ ! -x "$home/promtool" ]; then
    command -v go > /dev/null || { echo "$0: go is missing: it builds promtool" >&2; exit 1; }
    # Its own go.mod has replacements, which go install refuses; as a dependency they do not count.
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
