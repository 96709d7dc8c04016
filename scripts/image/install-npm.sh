#!/bin/sh
# Installs Debian's npm, which installs the locked Node.js. Debian's Node.js stays in this stage.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
apt-get -q update
apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends npm
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/apt/archives/*.deb
