#!/usr/bin/env bash
# ffmpeg 7.0.2 (and 5.1.9) stops reading a chained Ogg file at a page that ends a link with an empty packet, as liquidsoap
# writes it at a change of title. It prints "Error during demuxing" and exits with 0, so a program that trusts the exit
# code keeps the first link as the whole recording. Other players go on with the next link.
#
# The file below has a link of 2 s, the empty end of stream, and a link of 3 s. Observed with ffmpeg 7.0.2, as
# imageio-ffmpeg 0.6.0 from PyPI brings it:
#   exit code 0, decoded 2 s of 5 s
# Needs python3 with venv. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check --no-deps imageio-ffmpeg==0.6.0
ffmpeg=$(echo env/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)
chmod +x "$ffmpeg"

for seconds in 2 3; do
  "$ffmpeg" -nostdin -loglevel error -f lavfi -i "sine=duration=$seconds" -c:a libopus "$seconds.opus"
done

cat > chain.py << 'PYTHON'
import struct

def crc(data):
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1
        value &= 0xFFFFFFFF
    return value

first = open('2.opus', 'rb').read()
last = first[first.rindex(b'OggS'):]
granule, serial, sequence = struct.unpack('<QII', last[6:22])
# A last page (flag 4) with one segment of 0 bytes.
end = bytearray(b'OggS\0\4' + struct.pack('<QIII', granule, serial, sequence + 1, 0) + b'\1\0')
end[22:26] = struct.pack('<I', crc(end))
open('chained.opus', 'wb').write(first + end + open('3.opus', 'rb').read())
PYTHON
python3 chain.py

code=0
"$ffmpeg" -nostdin -loglevel error -i chained.opus -f s16le -ar 48000 -ac 1 decoded.pcm 2> log || code=$?
observed="exit code $code, decoded $(($(wc -c < decoded.pcm) / 96000)) s of 5 s"
echo "$observed"
grep -q 'Error during demuxing' log
[ "$observed" = 'exit code 0, decoded 2 s of 5 s' ]
