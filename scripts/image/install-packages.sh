#!/bin/sh
# The locked packages, without those of development. The Node.js among them is what everything after this runs on: node/node.
set -eu
npm ci --omit=dev --no-audit --no-fund
mkdir node
mv node_modules/node-linux-*/bin/node node/node
rm -rf node_modules/node-linux-* node_modules/.bin/node /root/.npm
# npm before 10.4 does not tell C libraries apart and installs what is built for both.
rm -rf node_modules/@*/*-linuxmusl-* node_modules/@*/*-linux-*-musl
node/node --version
