#!/usr/bin/env bash
# mediasoup 3.27.1: an object that is requested before its parent closes, and answered afterwards, is created open.
#
# router.createPipeTransport() followed by router.close() resolves with a transport whose `closed` is false, that never
# emits 'routerclose', and that the worker does not know: every later request on it rejects with NotFoundError. The same
# happens with other kinds of transports, and with a producer whose transport closes. Other children of a closed parent
# are closed and say so. A program that relies on 'routerclose' or `closed` keeps such an object for ever: it has to look
# at the parent after each await.
#
# Needs a mediasoup worker of this version, because npm brings none: MEDIASOUP_WORKER_BIN=/path/to/mediasoup-worker.
# Observed on Node.js 24:
#   pipe: router closed true, transport closed false, 0 events, NotFoundError
#   direct: router closed true, transport closed false, 0 events, NotFoundError
#   producer: transport closed true, producer closed false, 0 events, NotFoundError
# Exits with 1 when the output differs.
set -euo pipefail

worker=${MEDIASOUP_WORKER_BIN:?is not set: it must be the path of a mediasoup worker}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent mediasoup@3.27.1
cat > probe.js <<'JS'
const { createWorker } = require('mediasoup')

const opus = { mimeType: 'audio/opus', clockRate: 48000, channels: 2 }
const nameOfError = promise => promise.then(() => 'no error', error => error.name)

/** Requests an object, closes its parent before the answer, and describes what arrives. */
async function observe(name, parent, request, event, kinds) {
  const requested = request()
  parent.close()
  const object = await requested
  let events = 0
  object.on(event, () => events++)
  await new Promise(resolve => setTimeout(resolve, 500))
  const [parentKind, kind] = kinds
  const error = await nameOfError(object.getStats())
  console.log(`${name}: ${parentKind} closed ${parent.closed}, ${kind} closed ${object.closed}, ${events} events, ${error}`)
}

async function main() {
  const worker = await createWorker({ workerBin: process.argv[2] })
  const createRouter = () => worker.createRouter({ mediaCodecs: [{ kind: 'audio', ...opus }] })
  const onRouter = ['router', 'transport']

  const one = await createRouter()
  const listenInfo = { protocol: 'udp', ip: '127.0.0.1' }
  await observe('pipe', one, () => one.createPipeTransport({ listenInfo }), 'routerclose', onRouter)

  const two = await createRouter()
  await observe('direct', two, () => two.createDirectTransport(), 'routerclose', onRouter)

  const transport = await (await createRouter()).createDirectTransport()
  const rtpParameters = { codecs: [{ ...opus, payloadType: 100 }], encodings: [{ ssrc: 1 }] }
  const produce = () => transport.produce({ kind: 'audio', rtpParameters })
  await observe('producer', transport, produce, 'transportclose', ['transport', 'producer'])
  worker.close()
}

main()
JS

observed=$(node probe.js "$worker" 2> /dev/null)
echo "$observed"
[ "$observed" = "pipe: router closed true, transport closed false, 0 events, NotFoundError
direct: router closed true, transport closed false, 0 events, NotFoundError
producer: transport closed true, producer closed false, 0 events, NotFoundError" ]
