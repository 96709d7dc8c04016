#!/usr/bin/env bash
# musicbrainz-api 1.2.1 of npm rejects for status 400 only. The body of any other answer is returned as the record that
# was asked for. MusicBrainz answers an id that does not exist with 404 and {"error": "Not Found"}, and a client that is
# too fast with 503 and {"error": …}. So `await api.lookup('artist', id)` resolves to an artist without a name, and a
# program stores it. A caller has to look for `error` in every answer.
#
# The limits are not kept in this case either: each 503 is followed by another request after 0.5 s, nine times, whatever
# Retry-After says, and outside of the library's own limiter. MusicBrainz allows one request per second on average, and
# refuses all requests of a client that sends more.
#
# A local server answers as MusicBrainz documents it. Observed with musicbrainz-api 1.2.1 on Node.js 20 and 24:
#   400 rejects: MusicBrainz request failed (400): Invalid mbid.
#   404 resolves: {"error":"Not Found"}, 1 request
#   503 resolves: {"error":"Your requests are exceeding the allowable rate limit."}, 10 requests, Retry-After kept: no
# Needs node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund musicbrainz-api@1.2.1

cat > ask.mjs << 'JS'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { MusicBrainzApi } from 'musicbrainz-api'

const retryAfterS = 2
const answers = {
  400: { error: 'Invalid mbid.' },
  404: { error: 'Not Found' },
  503: { error: 'Your requests are exceeding the allowable rate limit.' }
}
let times = []
const server = createServer((request, response) => {
  times.push(performance.now())
  const status = Number(/artist\/(\d+)/.exec(request.url)[1])
  const headers = { 'content-type': 'application/json', ...(status === 503 && { 'retry-after': retryAfterS }) }
  response.writeHead(status, headers).end(JSON.stringify(answers[status]))
}).listen(0, '127.0.0.1')
await once(server, 'listening')

const api = new MusicBrainzApi({
  appName: 'probe',
  appVersion: '1.0.0',
  appContactInfo: 'probe@app.example',
  baseUrl: `http://127.0.0.1:${server.address().port}`
})
const requests = () => `${times.length} request${times.length === 1 ? '' : 's'}`

for (const status of [400, 404, 503]) {
  times = []
  try {
    const answer = await api.lookup('artist', String(status))
    const gaps = times.slice(1).map((time, n) => time - times[n])
    const isKept = gaps.every(gap => gap >= retryAfterS * 1000) ? 'yes' : 'no'
    const retries = gaps.length > 0 ? `, Retry-After kept: ${isKept}` : ''
    console.log(`${status} resolves: ${JSON.stringify(answer)}, ${requests()}${retries}`)
  } catch (error) {
    console.log(`${status} rejects: ${error.message}`)
  }
}
server.closeAllConnections()
server.close()
JS
node ask.mjs | tee output
diff output - << 'TEXT'
400 rejects: MusicBrainz request failed (400): Invalid mbid.
404 resolves: {"error":"Not Found"}, 1 request
503 resolves: {"error":"Your requests are exceeding the allowable rate limit."}, 10 requests, Retry-After kept: no
TEXT
