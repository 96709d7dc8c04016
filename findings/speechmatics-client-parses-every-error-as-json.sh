#!/usr/bin/env bash
# @speechmatics/batch-client 5.1.0 parses every answer as JSON, also those of a proxy or load balancer: an error page or a
# plain "429 Too Many Requests" becomes a bare SyntaxError, without the status that says whether to try again. It has no
# timeout either: a server that takes the request and never answers keeps the call waiting.
#
# Observed with @speechmatics/batch-client 5.1.0, node 20 or newer, against a local HTTP server:
#   401 as JSON: SpeechmaticsResponseError
#   401 as HTML: SyntaxError
#   429 as text: SyntaxError
#   no answer: still waiting after 5 s
# Needs node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund @speechmatics/batch-client@5.1.0

cat > ask.mjs << 'JS'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { BatchClient } from '@speechmatics/batch-client'

const answers = {
  '401 as JSON': [401, 'application/json', '{"code":401,"error":"Permission Denied"}'],
  '401 as HTML': [401, 'text/html', '<html>Unauthorized</html>'],
  '429 as text': [429, 'text/plain', 'Too Many Requests']
}
let answer
const server = createServer((request, response) => {
  request.resume()
  if (answer) response.writeHead(answer[0], { 'content-type': answer[1] }).end(answer[2])
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const client = new BatchClient({ apiKey: 'key', appId: 'finding', apiUrl: `http://127.0.0.1:${server.address().port}/v2` })
const ask = async () => await client.getJob('1').then(() => 'an answer', error => error.constructor.name)
for (const [name, value] of Object.entries(answers)) {
  answer = value
  console.log(`${name}: ${await ask()}`)
}
answer = undefined
const waiting = new Promise(resolve => setTimeout(resolve, 5000, 'still waiting after 5 s'))
console.log(`no answer: ${await Promise.race([ask(), waiting])}`)
process.exit()
JS

observed=$(node ask.mjs)
echo "$observed"
[ "$observed" = '401 as JSON: SpeechmaticsResponseError
401 as HTML: SyntaxError
429 as text: SyntaxError
no answer: still waiting after 5 s' ]
