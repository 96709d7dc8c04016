#!/usr/bin/env bash
# A response schema of fastify 5.12.8 (fast-json-stringify) does not check the `format` of a string, but it does as soon
# as the field may also be null through `anyOf`: the branches are then chosen by validation, and a value of another
# format fits none. Making a field nullable so turns answers of 200 into 500.
#
# Observed with fastify 5.12.8 for the value "no address" and format "uri":
#   string: 200, string or null: 500
# Needs node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund fastify@5.12.8

cat > answer.mjs << 'JS'
import Fastify from 'fastify'

const app = Fastify()
const link = { type: 'string', format: 'uri' }
const answerWith = schema => ({ response: { 200: { type: 'object', properties: { link: schema } } } })
app.get('/string', { schema: answerWith(link) }, async () => ({ link: 'no address' }))
app.get('/nullable', { schema: answerWith({ anyOf: [link, { type: 'null' }] }) }, async () => ({ link: 'no address' }))
const statusOf = async url => (await app.inject(url)).statusCode
console.log(`string: ${await statusOf('/string')}, string or null: ${await statusOf('/nullable')}`)
await app.close()
JS

observed=$(node answer.mjs)
echo "$observed"
[ "$observed" = 'string: 200, string or null: 500' ]
