#!/bin/sh
# npm from Debian, to begin with: the Node.js it brings along stays in this stage.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
apt-get -q update
apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends npm
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb
