#!/usr/bin/env bash
# A peer that vanishes without a word (crash, dead network) makes a WebRTC connection `disconnected` and, once consent
# to send has expired (RFC 7675: 30 s), `failed`. From `failed` an ICE restart can save it. `closed` is the state after
# the application itself called close(): https://www.w3.org/TR/webrtc/#rtcpeerconnectionstate-enum. aiortc has no
# `disconnected`; its documentation lists `failed` and `closed` for `connectionState` and `iceConnectionState`.
#
# aiortc 1.16.0 goes from `connected` to `closed`, about 30 s after the peer vanished, in both states and without
# `failed` in between. It has closed the peer connection by itself: the tracks have ended, and the next offer raises
# InvalidStateError, so nothing can be restarted.
#
# A program with `if pc.connectionState == "failed"`, the usual place to clean up and to reconnect, never gets there
# when a connection is lost. Treat `closed` as a loss, and create a new RTCPeerConnection.
#
# Observed:
#   until connected: connecting, connected
#   after the peer was killed: closed (ICE: closed)
#   a further offer: InvalidStateError
#
# Needs Python 3 with venv; takes a good half minute. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check aiortc==1.16.0

cat > probe.py <<'PY'
import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

without_servers = RTCConfiguration(iceServers=[])


def text(description):
    return json.dumps({'type': description.type, 'sdp': description.sdp})


async def callee():
    connection = RTCPeerConnection(without_servers)
    await connection.setRemoteDescription(RTCSessionDescription(**json.loads(sys.stdin.readline())))
    await connection.setLocalDescription(await connection.createAnswer())
    print(text(connection.localDescription), flush=True)
    await asyncio.sleep(120)


async def until(condition):
    for _ in range(800):
        if condition():
            return
        await asyncio.sleep(0.1)


async def caller():
    connection = RTCPeerConnection(without_servers)
    states, ice_states = [], []
    connection.on('connectionstatechange', lambda: states.append(connection.connectionState))
    connection.on('iceconnectionstatechange', lambda: ice_states.append(connection.iceConnectionState))
    connection.addTransceiver('audio')
    await connection.setLocalDescription(await connection.createOffer())
    offer = text(connection.localDescription)
    pipe = asyncio.subprocess.PIPE
    peer = await asyncio.create_subprocess_exec(
        sys.executable, __file__, 'callee', stdin=pipe, stdout=pipe, limit=1 << 20)
    try:
        peer.stdin.write(f'{offer}\n'.encode())
        await connection.setRemoteDescription(RTCSessionDescription(**json.loads(await peer.stdout.readline())))
        await until(lambda: connection.connectionState == 'connected')
        print('until connected:', ', '.join(states))
        states.clear()
        ice_states.clear()
    finally:
        peer.kill()
        await peer.wait()
    await until(lambda: connection.connectionState != 'connected')
    await asyncio.sleep(2)
    print(f'after the peer was killed: {", ".join(states)} (ICE: {", ".join(ice_states)})')
    try:
        await connection.setRemoteDescription(RTCSessionDescription(type='offer', sdp=json.loads(offer)['sdp']))
        print('a further offer: accepted')
    except Exception as error:
        print(f'a further offer: {type(error).__name__}')


asyncio.run(callee() if sys.argv[1:] == ['callee'] else caller())
PY
observed=$(env/bin/python probe.py 2> log) || { cat log; exit 1; }
echo 'aiortc 1.16.0'
echo "$observed"
[ "$observed" = 'until connected: connecting, connected
after the peer was killed: closed (ICE: closed)
a further offer: InvalidStateError' ]
