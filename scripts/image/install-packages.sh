#!/bin/sh
# The locked packages, without those of development. The Node.js among them, node/node, comes first and installs the others: npm leaves out
# what says that it does not run on the Node.js of the moment, and Debian's is too old for half of the programs that are built for a machine.
set -eu
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false

mkdir node /tmp/first
node scripts/image/first-node.cjs /tmp/first
cp .npmrc /tmp/first/
(cd /tmp/first && npm ci)
mv /tmp/first/node_modules/node-linux-*/bin/node node/node

# Debian's Node.js finds npm's parts by itself, others have to be told.
NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs node/node /usr/share/nodejs/npm/bin/npm-cli.js ci --omit=dev
rm -rf /tmp/first node_modules/node-linux-* node_modules/.bin/node /root/.npm
# npm before 10.4 does not tell C libraries apart and installs what is built for both.
rm -rf node_modules/@*/*-linuxmusl-* node_modules/@*/*-linux-*-musl
node/node --version
