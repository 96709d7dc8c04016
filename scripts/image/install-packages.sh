#!/bin/sh
# Installs the locked packages without development dependencies. Installs the locked Node.js (node/node) first and runs
# npm with it: npm omits packages that do not support the running Node.js, and Debian's is too old for half of the
# native ones.
set -eu
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

mkdir node /tmp/first
node scripts/image/first-node.cjs /tmp/first
cp .npmrc /tmp/first/
(cd /tmp/first && npm ci)
mv /tmp/first/node_modules/node-linux-*/bin/node node/node

# Debian's Node.js finds the modules of npm by itself. Any other Node.js needs the path.
NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs node/node /usr/share/nodejs/npm/bin/npm-cli.js ci --omit=dev
rm -rf /tmp/first node_modules/node-linux-* node_modules/.bin/node /root/.npm
# npm before 10.4 ignores the C library and also installs the packages for musl.
rm -rf node_modules/@*/*-linuxmusl-* node_modules/@*/*-linux-*-musl
node/node --version
