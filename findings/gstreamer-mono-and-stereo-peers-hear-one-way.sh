#!/usr/bin/env bash
# In RFC 7587 section 7.1, `sprop-stereo` and `sprop-maxcapturerate` say what the side that writes them is likely to
# send. They restrict nobody, and both sides may differ. One would expect a mono peer and a stereo peer to talk.
#
# GStreamer's webrtcbin (1.22.0) compares these values with those of its own stream, as it does with a format: when they
# differ, the stream is not sent. The rest of the answer is ordinary, nothing is logged at the default level, and the
# answer even repeats the other side's values as its own. Until somebody offers again:
# - a GStreamer peer with a mono microphone that calls one with a stereo microphone gets `a=recvonly` instead of
#   `a=sendrecv`: the one who is called hears the caller and is never heard. The other way round is the same.
# - an offer that only receives (`a=recvonly`) and has `sprop-stereo=1` is answered with `a=inactive`. `stereo=1`, which
#   asks for stereo, is harmless, and so are `useinbandfec`, `usedtx` and `minptime`.
#
# An SFU that copies the parameters of one speaker, or that adds `sprop-stereo=1` next to `stereo=1`, loses the audio of
# GStreamer peers with a mono source. A peer may give its stream a capsfilter without these fields, or the SFU may leave
# `sprop-*` out of offers that only receive.
#
# Observed:
#   mono calls mono: sendrecv
#   mono calls stereo: recvonly
#   stereo calls mono: recvonly
#   stereo calls stereo: sendrecv
#   offer recvonly, no fmtp: sendonly
#   offer recvonly, useinbandfec=1;usedtx=1;stereo=1: sendonly
#   offer recvonly, sprop-stereo=0: sendonly
#   offer recvonly, sprop-stereo=1: inactive
#   offer recvonly, sprop-maxcapturerate=16000: inactive
#
# Needs GStreamer 1.22 with Python bindings, from Debian 12: gstreamer1.0-plugins-base, gstreamer1.0-plugins-good,
# gstreamer1.0-plugins-bad, gstreamer1.0-nice, python3-gst-1.0, gir1.2-gst-plugins-bad-1.0.
# Exits with 1 when the output differs.
set -euo pipefail

python=/usr/bin/python3
"$python" -c 'import gi; gi.require_version("GstWebRTC", "1.0")' || { echo 'needs python3-gst-1.0 and others'; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > probe.py <<'PY'
import re
import sys
import time

import gi

gi.require_version('Gst', '1.0')
gi.require_version('GstSdp', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import Gst, GstSdp, GstWebRTC

Gst.init(None)
OFFER = GstWebRTC.WebRTCSDPType.OFFER


def describe(kind, text):
    return GstWebRTC.WebRTCSessionDescription.new(kind, GstSdp.SDPMessage.new_from_text(text)[1])


def call(element, signal, argument):
    promise = Gst.Promise.new()
    element.emit(signal, argument, promise)
    promise.wait()
    return promise.get_reply()


class Peer:
    def __init__(self, channels):
        self.pipeline = Gst.parse_launch(
            f'audiotestsrc is-live=true ! audio/x-raw,rate=48000,channels={channels} ! opusenc ! rtpopuspay pt=100 '
            '! webrtcbin name=peer bundle-policy=max-bundle')
        self.webrtc = self.pipeline.get_by_name('peer')
        self.pipeline.set_state(Gst.State.PLAYING)
        pad = self.webrtc.get_static_pad('sink_0')
        for _ in range(200):  # until the format of the stream is known
            if pad.get_current_caps():
                break
            time.sleep(0.05)
        else:
            sys.exit('no stream')

    def offer(self):
        reply = call(self.webrtc, 'create-offer', None)
        return reply.get_value('offer').sdp.as_text()

    def answer(self, offer):
        call(self.webrtc, 'set-remote-description', describe(OFFER, offer))
        reply = call(self.webrtc, 'create-answer', None)
        return reply.get_value('answer').sdp.as_text()

    def stop(self):
        self.pipeline.set_state(Gst.State.NULL)


def direction(sdp):
    return ' '.join(re.findall(r'^a=(sendrecv|sendonly|recvonly|inactive)', sdp, re.M))


names = {1: 'mono', 2: 'stereo'}
for a in names:
    for b in names:
        caller, callee = Peer(a), Peer(b)
        print(f'{names[a]} calls {names[b]}: {direction(callee.answer(caller.offer()))}')
        caller.stop()
        callee.stop()

for fmtp in ['', 'useinbandfec=1;usedtx=1;stereo=1', 'sprop-stereo=0', 'sprop-stereo=1', 'sprop-maxcapturerate=16000']:
    fmtp_lines = [f'a=fmtp:100 {fmtp}'] if fmtp else []
    lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 100',
             'c=IN IP4 127.0.0.1', 'a=mid:0', 'a=recvonly', 'a=ice-ufrag:abcdefgh',
             'a=ice-pwd:abcdefghijklmnopqrstuvwx', 'a=fingerprint:sha-256 ' + ':'.join(['AB'] * 32),
             'a=setup:actpass', 'a=rtcp-mux', 'a=rtpmap:100 opus/48000/2', *fmtp_lines, '']
    text = '\r\n'.join(lines)
    peer = Peer(1)
    print(f'offer recvonly, {fmtp or "no fmtp"}: {direction(peer.answer(text))}')
    peer.stop()
PY
echo "GStreamer $(gst-inspect-1.0 --version 2> /dev/null | head -1 | grep -o '[0-9.]*$' || echo '?')"
observed=$("$python" probe.py 2> log) || { cat log; exit 1; }
echo "$observed"
[ "$observed" = "mono calls mono: sendrecv
mono calls stereo: recvonly
stereo calls mono: recvonly
stereo calls stereo: sendrecv
offer recvonly, no fmtp: sendonly
offer recvonly, useinbandfec=1;usedtx=1;stereo=1: sendonly
offer recvonly, sprop-stereo=0: sendonly
offer recvonly, sprop-stereo=1: inactive
offer recvonly, sprop-maxcapturerate=16000: inactive" ]
