#!/usr/bin/env bash
# Two bits of an audio packet tell a receiver or an SFU about speech without decoding:
# - the RTP marker: RFC 3551 section 4.1 sets it on the first packet after a pause, and says that senders without
#   silence suppression must set it to zero;
# - the V bit next to the level in the header extension `ssrc-audio-level`: 1 when the packet has voice. RFC 6464
#   section 4: without the attribute `vad=off` in SDP the bit is meant, because `vad=on` is the default.
#
# aiortc 1.16.0 negotiates the extension in every offer and answer, without `vad=off`, and writes a right level. But the
# V bit is always 0, and the marker is set on every packet although aiortc sends silence like everything else. So for a
# speaker with aiortc, who may be at -9 dBov all the time,
# - an SFU or recorder that looks for V (active speaker, voice activity) never sees a voice: take the level alone;
# - a receiver that starts anew at a marker (adapts its jitter buffer, or ends a packet it puts together) does so 50
#   times per second.
# GStreamer 1.22 (`rtphdrextclientaudiolevel` with the `level` element) answers `vad=on` and has V at 0 as well, and
# pion's TrackLocalStaticSample sets the marker on every Opus packet.
#
# Observed (100 packets of a steady tone of -9 dBov, seen on the way; the header is not encrypted):
#   offered: a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
#   levels: -9 dBov
#   packets with the V bit: 0 of 100
#   packets with the marker: 100 of 100
#
# Needs Python 3 with venv, and a network interface besides loopback (aiortc gathers no candidate there).
# Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check aiortc==1.16.0

cat > probe.py <<'PY'
import array
import asyncio
import math
import re

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from av import AudioFrame

LEVEL_URI = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'
seen = []  # RTP packets


class Tone(AudioStreamTrack):
    """A sine of half the amplitude: 6 dB below the maximum, and its root mean square is 3 dB lower."""

    phase = 0

    async def recv(self):
        silence = await super().recv()  # waits for the time of the next frame
        samples, rate = silence.samples, silence.sample_rate
        values = [round(16384 * math.sin(2 * math.pi * 400 * (self.phase + n) / rate)) for n in range(samples)]
        self.phase += samples
        frame = AudioFrame(format='s16', layout='mono', samples=samples)
        frame.planes[0].update(array.array('h', values).tobytes().ljust(frame.planes[0].buffer_size, b'\0'))
        frame.pts, frame.sample_rate, frame.time_base = silence.pts, rate, silence.time_base
        return frame


class Relay(asyncio.DatagramProtocol):
    """A port of one peer for the other one. What arrives there goes on from its twin to this target."""

    twin = target = transport = None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, _sender):
        if 128 <= data[0] < 192 and not 192 <= data[1] <= 223:
            seen.append(data)
        self.twin.transport.sendto(data, self.target)


def through(relay, sdp):
    """Returns the description with the relay's port as its only candidate."""
    line, host, port = re.search(r'(a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host)', sdp).groups()
    relay.target = (host, int(port))
    own = line.replace(f' {host} {port} ', f' {host} {relay.transport.get_extra_info("sockname")[1]} ')
    return re.sub(r'(a=candidate:.*\r\n)+', lambda _: f'{own}\r\n', sdp)


def level_byte(packet, extension_id):
    """Returns the element of a one-byte header extension (RFC 8285), or None."""
    assert packet[12:14] == b'\xbe\xde'
    elements = packet[16:16 + 4 * int.from_bytes(packet[14:16], 'big')]
    at = 0
    while at < len(elements):
        if elements[at] >> 4 == extension_id:
            return elements[at + 1]
        at += 1 if elements[at] == 0 else 2 + (elements[at] & 15)
    return None


async def main():
    speaker, listener = [RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2)]
    speaker.addTrack(Tone())
    loop = asyncio.get_running_loop()
    to_speaker, to_listener = [
        (await loop.create_datagram_endpoint(Relay, local_addr=('0.0.0.0', 0)))[1] for _ in range(2)]
    to_speaker.twin, to_listener.twin = to_listener, to_speaker
    await speaker.setLocalDescription(await speaker.createOffer())
    offer = through(to_speaker, speaker.localDescription.sdp)
    await listener.setRemoteDescription(RTCSessionDescription(offer, 'offer'))
    await listener.setLocalDescription(await listener.createAnswer())
    answer = through(to_listener, listener.localDescription.sdp)
    await speaker.setRemoteDescription(RTCSessionDescription(answer, 'answer'))
    for _ in range(300):
        if len(seen) >= 150:
            break
        await asyncio.sleep(0.1)
    await speaker.close()
    await listener.close()

    extmap = re.search(rf'a=extmap:(\d+) {LEVEL_URI}.*', speaker.localDescription.sdp)
    packets = seen[50:150]
    levels = [level_byte(packet, int(extmap[1])) for packet in packets]
    print(f'offered: {extmap[0].strip()}')
    print(f'levels: {", ".join(f"-{level} dBov" for level in sorted({level & 127 for level in levels}))}')
    print(f'packets with the V bit: {sum(level >> 7 for level in levels)} of {len(packets)}')
    print(f'packets with the marker: {sum(packet[1] >> 7 for packet in packets)} of {len(packets)}')


asyncio.run(main())
PY
observed=$(env/bin/python probe.py 2> log) || { cat log; exit 1; }
echo 'aiortc 1.16.0'
echo "$observed"
[ "$observed" = 'offered: a=extmap:2 urn:ietf:params:rtp-hdrext:ssrc-audio-level
levels: -9 dBov
packets with the V bit: 0 of 100
packets with the marker: 100 of 100' ]
