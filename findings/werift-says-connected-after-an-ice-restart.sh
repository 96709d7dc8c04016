#!/usr/bin/env bash
# An ICE restart replaces a path that failed, or is about to: after an offer and an answer with new credentials, both
# sides check their candidates again (RFC 8445 section 9), and data flows on the old path until the new one is found
# (RFC 8839 section 4.4.1.1.1). `iceConnectionState` is `checking` meanwhile. A full ICE agent does that as the answerer
# too, and it is the only one to send checks when the other side is ICE-lite, as SFUs are. werift's README lists ICE
# restart among the features.
#
# werift 0.25.2 does the part in SDP: new `ice-ufrag` and `ice-pwd` on both sides, and the states `new`, `completed`.
# But it starts no checks while DTLS is connected, and with the restart it forgets the pair that worked. So on a healthy
# connection of two werift peers the restart ends all traffic in both directions, for good, while `connectionState` is
# `connected` and `iceConnectionState` is `completed` on both sides: an application that waits for `connected` takes the
# restart for a success. It makes no difference whether one calls `restartIce()` or `createOffer({ iceRestart: true })`,
# or whether the offerer is ICE-lite.
#
# Instead of a restart, close the peer connection and open another. Compare what arrives, not the state.
#
# Observed:
#   before: connected/completed and connected/completed, messages arrive at both: yes
#   restart: new credentials at both: yes
#   10 s later: connected/completed and connected/completed, messages arrive at both: no
#
# Needs Node.js. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund werift@0.25.2

cat > probe.mjs <<'JS'
import { setTimeout as wait } from 'node:timers/promises'
import { RTCPeerConnection } from 'werift'

const caller = new RTCPeerConnection({ iceServers: [] })
const callee = new RTCPeerConnection({ iceServers: [] })
const channel = caller.createDataChannel('numbers')
let atCaller = 0
let atCallee = 0
channel.onMessage.subscribe(() => atCaller++)
callee.onDataChannel.subscribe(opened =>
  opened.onMessage.subscribe(number => {
    atCallee++
    opened.send(number)
  })
)

async function negotiate(options) {
  await caller.setLocalDescription(await caller.createOffer(options))
  await callee.setRemoteDescription(caller.localDescription)
  await callee.setLocalDescription(await callee.createAnswer())
  await caller.setRemoteDescription(callee.localDescription)
  return [caller, callee].map(({ localDescription }) => /a=ice-ufrag:(\S+)/.exec(localDescription.sdp)[1])
}

function states() {
  const text = ({ connectionState, iceConnectionState }) =>
    `${connectionState}/${iceConnectionState.replace('connected', 'completed')}`
  return `${text(caller)} and ${text(callee)}`
}

async function messagesArrive() {
  const before = [atCaller, atCallee]
  for (let number = 0; number < 40; number++) {
    channel.send(String(number))
    await wait(50)
  }
  return atCaller > before[0] && atCallee > before[1] ? 'yes' : 'no'
}

const first = await negotiate()
for (let waited = 0; channel.readyState !== 'open' && waited < 30_000; waited += 100) await wait(100)
console.log(`before: ${states()}, messages arrive at both: ${await messagesArrive()}`)
const second = await negotiate({ iceRestart: true })
console.log(`restart: new credentials at both: ${second.every((name, side) => name !== first[side]) ? 'yes' : 'no'}`)
await wait(10_000)
console.log(`10 s later: ${states()}, messages arrive at both: ${await messagesArrive()}`)
process.exit()
JS
observed=$(node probe.mjs 2> log) || { cat log; exit 1; }
echo 'werift 0.25.2'
echo "$observed"
[ "$observed" = 'before: connected/completed and connected/completed, messages arrive at both: yes
restart: new credentials at both: yes
10 s later: connected/completed and connected/completed, messages arrive at both: no' ]
