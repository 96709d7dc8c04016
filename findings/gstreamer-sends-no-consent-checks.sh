#!/usr/bin/env bash
# A WebRTC peer has to renew the consent of the other side to be sent to: a STUN binding request every 4 to 6 s, and
# 30 s without an answer end the connection (RFC 7675). Servers rely on the requests of their peers: mediasoup takes a
# peer that has sent none for 30 s for gone (its `iceConsentTimeout`) and stops sending.
#
# GStreamer's webrtcbin 1.22.0 with libnice 0.1.21 sends no request once it is connected: only binding indications,
# which nobody answers. libnice can do both, but its `keepalive-conncheck` and `consent-freshness` are off unless the
# application asks, and webrtcbin does not ask. So
# - a webrtcbin that listens to mediasoup gets its last packet 30 s after it connected, on a network without any fault;
# - webrtcbin does not notice that the other side is gone: `connection-state` stays `connected`.
#
# An application can set `keepalive-conncheck` on the NiceAgent itself, before it sets a description:
#   webrtc.get_property('ice-agent').get_property('agent').set_property('keepalive-conncheck', True)
# With this, mediasoup goes on sending. `consent-freshness` cannot be set later: it is a constructor property.
#
# Observed (two webrtcbins with audio in both directions, through a relay that counts and can be cut):
#   as it is: 30 s connected, binding requests: none, indications: some
#   as it is: 45 s after the cut: connected and connected
#   keepalive-conncheck: 30 s connected, binding requests: some, indications: none
#
# Needs GStreamer 1.22 with Python bindings, from Debian 12: gstreamer1.0-plugins-base, gstreamer1.0-plugins-good,
# gstreamer1.0-plugins-bad, gstreamer1.0-nice, python3-gst-1.0, gir1.2-gst-plugins-bad-1.0. And a network interface
# besides loopback, which libnice does not use. Takes two minutes. Exits with 1 when the output differs.
set -euo pipefail

python=/usr/bin/python3
"$python" -c 'import gi; gi.require_version("GstWebRTC", "1.0")' || { echo 'needs python3-gst-1.0 and others'; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > probe.py <<'PY'
import os
import re
import select
import socket
import sys
import threading
import time

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import Gst, GstSdp, GstWebRTC

Gst.init(None)
asks = sys.argv[1:] == ['keepalive-conncheck']
label = sys.argv[1] if asks else 'as it is'
held = []  # references for as long as the program runs


def describe(kind, text):
    return GstWebRTC.WebRTCSessionDescription.new(kind, GstSdp.SDPMessage.new_from_text(text)[1])


def call(element, signal, argument):
    promise = Gst.Promise.new()
    element.emit(signal, argument, promise)
    promise.wait()
    return promise.get_reply()


class Relay:
    """Two ports. What the caller sends to one reaches the callee from the other, and the reverse."""

    def __init__(self):
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for one in self.sockets:
            one.bind(('0.0.0.0', 0))
        self.targets = [None, None]  # of the callee, reached by the caller at port 0; of the caller
        self.counts = {}
        self.is_cut = False
        threading.Thread(target=self.run, daemon=True).start()

    def port(self, side):
        return self.sockets[side].getsockname()[1]

    def run(self):
        while True:
            for one in select.select(self.sockets, [], [])[0]:
                side = self.sockets.index(one)
                data = one.recvfrom(4096)[0]
                if data[4:8] == b'\x21\x12\xa4\x42':
                    kind = {1: 'request', 0x11: 'indication'}.get(int.from_bytes(data[:2], 'big'))
                    self.counts[kind] = self.counts.get(kind, 0) + 1
                if not self.is_cut and self.targets[side]:
                    self.sockets[1 - side].sendto(data, self.targets[side])


class Peer:
    def __init__(self):
        self.pipeline = Gst.parse_launch(
            'audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=100 ! webrtcbin name=peer bundle-policy=max-bundle')
        self.webrtc = self.pipeline.get_by_name('peer')
        if asks:
            ice = self.webrtc.get_property('ice-agent')
            agent = ice.get_property('agent')
            held.extend([ice, agent])
            agent.set_property('keepalive-conncheck', True)
        self.webrtc.connect('pad-added', self.drop)
        self.pipeline.set_state(Gst.State.PLAYING)
        for _ in range(200):  # until the format of the stream is known
            if self.webrtc.get_static_pad('sink_0').get_current_caps():
                break
            time.sleep(0.05)

    def drop(self, _webrtc, pad):
        if pad.direction == Gst.PadDirection.SRC:
            sink = Gst.ElementFactory.make('fakesink')
            sink.set_property('async', False)
            self.pipeline.add(sink)
            sink.sync_state_with_parent()
            pad.link(sink.get_static_pad('sink'))

    def meet(self, other, relay, side):
        """Tells the other peer the relay's port instead of the first candidate of this one."""

        def on_candidate(_webrtc, line, candidate):
            parts = re.search(r' (?:UDP|udp) \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host', candidate)
            if parts and not relay.targets[side]:
                relay.targets[side] = (parts[1], int(parts[2]))
                told = candidate.replace(f' {parts[1]} {parts[2]} ', f' {parts[1]} {relay.port(side)} ')
                other.webrtc.emit('add-ice-candidate', line, told)

        self.webrtc.connect('on-ice-candidate', on_candidate)

    def state(self):
        return self.webrtc.get_property('connection-state').value_nick


def without_candidates(sdp):
    return re.sub(r'a=candidate:.*\r\n', '', sdp)


relay = Relay()
caller, callee = Peer(), Peer()
callee.meet(caller, relay, 0)
caller.meet(callee, relay, 1)
reply = call(caller.webrtc, 'create-offer', None)
offer = without_candidates(reply.get_value('offer').sdp.as_text())
call(callee.webrtc, 'set-remote-description', describe(GstWebRTC.WebRTCSDPType.OFFER, offer))
call(caller.webrtc, 'set-local-description', reply.get_value('offer'))
reply = call(callee.webrtc, 'create-answer', None)
answer = without_candidates(reply.get_value('answer').sdp.as_text())
call(caller.webrtc, 'set-remote-description', describe(GstWebRTC.WebRTCSDPType.ANSWER, answer))
call(callee.webrtc, 'set-local-description', reply.get_value('answer'))

for _ in range(300):
    if caller.state() == callee.state() == 'connected':
        break
    time.sleep(0.1)
else:
    sys.exit(f'not connected: {caller.state()}, {callee.state()}')
time.sleep(5)
relay.counts.clear()
time.sleep(30)
requests, indications = ['some' if relay.counts.get(kind) else 'none' for kind in ('request', 'indication')]
print(f'{label}: 30 s connected, binding requests: {requests}, indications: {indications}')
if not asks:
    relay.is_cut = True
    time.sleep(45)
    print(f'{label}: 45 s after the cut: {caller.state()} and {callee.state()}')
sys.stdout.flush()
os._exit(0)
PY
echo "GStreamer $(gst-inspect-1.0 --version 2> /dev/null | head -1 | grep -o '[0-9.]*$' || echo '?')"
observed=$("$python" probe.py 2> log && "$python" probe.py keepalive-conncheck 2> log) || { cat log; exit 1; }
echo "$observed"
[ "$observed" = "as it is: 30 s connected, binding requests: none, indications: some
as it is: 45 s after the cut: connected and connected
keepalive-conncheck: 30 s connected, binding requests: some, indications: none" ]
