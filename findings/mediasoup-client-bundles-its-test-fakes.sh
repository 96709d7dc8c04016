#!/usr/bin/env bash
# mediasoup-client 3.24.1 puts its test doubles into every browser bundle. Its main module, which is CommonJS, requires
# FakeHandler (and with it fake-mediastreamtrack), the fake parameters for tests, and the handler for React Native. A
# bundler cannot drop them, even when the app imports Device only.
#
# Prints the parts of a minified bundle of `import { Device }` that a page never runs, with their bytes. Needs node (20 or
# newer) and npm. Exits with 1 when the output differs. Observed with esbuild 0.28.2:
#   fake-mediastreamtrack/lib/fakeEvents/FakeEvent.js
#   fake-mediastreamtrack/lib/fakeEvents/FakeEventTarget.js
#   fake-mediastreamtrack/lib/index.js
#   fake-mediastreamtrack/lib/utils.js
#   mediasoup-client/lib/handlers/FakeHandler.js
#   mediasoup-client/lib/handlers/ReactNative106.js
#   mediasoup-client/lib/handlers/fakeEvents/FakeEventTarget.js
#   mediasoup-client/lib/test/fakeParameters.js
#   42864 of 229627 bytes
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent mediasoup-client@3.24.1 esbuild@0.28.2

echo "import { Device } from 'mediasoup-client'; console.log(Device)" > page.js
node_modules/.bin/esbuild page.js --bundle --minify --format=esm --platform=browser --metafile=meta.json \
  --outfile=out.js --log-level=error
cat > parts.mjs <<'JS'
import { readFileSync } from 'node:fs'
const { outputs } = JSON.parse(readFileSync('meta.json', 'utf8'))
const { inputs } = outputs['out.js']
const unused = /fake|Fake|ReactNative/
const parts = Object.entries(inputs).filter(([path]) => unused.test(path))
console.log(parts.map(([path]) => path.replace(/^.*node_modules\//, '')).sort().join('\n'))
const sum = entries => entries.reduce((bytes, [, { bytesInOutput }]) => bytes + bytesInOutput, 0)
console.log(`${sum(parts)} of ${sum(Object.entries(inputs))} bytes`)
JS
observed=$(node parts.mjs)
echo "$observed"
[ "$observed" = "fake-mediastreamtrack/lib/fakeEvents/FakeEvent.js
fake-mediastreamtrack/lib/fakeEvents/FakeEventTarget.js
fake-mediastreamtrack/lib/index.js
fake-mediastreamtrack/lib/utils.js
mediasoup-client/lib/handlers/FakeHandler.js
mediasoup-client/lib/handlers/ReactNative106.js
mediasoup-client/lib/handlers/fakeEvents/FakeEventTarget.js
mediasoup-client/lib/test/fakeParameters.js
42864 of 229627 bytes" ]
