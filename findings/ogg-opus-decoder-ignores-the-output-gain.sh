#!/usr/bin/env bash
# The header of an Ogg Opus file has an output gain that a decoder must apply (RFC 7845, section 5.1). Recorders and
# loudness tools (opusgain, r128gain) write it instead of encoding again. ogg-opus-decoder 1.7.5 of npm does not apply it,
# so a page plays such a file louder or quieter than every other player. ffmpeg and libsndfile apply it.
#
# One tone, with a gain of 0 and of -12 dB in its header. Observed with ogg-opus-decoder 1.7.5, libsndfile 1.2.2
# (soundfile 0.13.1) and ffmpeg 7.0.2 (imageio-ffmpeg 0.6.0): how much quieter the second file is, dB
#   ogg-opus-decoder 0, libsndfile 12, ffmpeg 12
# Needs python3 with venv, node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0 soundfile==0.13.1
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund ogg-opus-decoder@1.7.5
ffmpeg=$(echo env/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)
chmod +x "$ffmpeg"
"$ffmpeg" -nostdin -loglevel error -f lavfi -i 'sine=duration=3' -ar 48000 -ac 1 -c:a libopus plain.opus

cat > gain.py << 'PYTHON'
import struct

def crc(data):
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1
        value &= 0xFFFFFFFF
    return value

sound = bytearray(open('plain.opus', 'rb').read())
segments = sound[26]
head = 27 + segments
size = head + sum(sound[27:head])
sound[head + 16:head + 18] = struct.pack('<h', -12 * 256)
sound[22:26] = bytes(4)
sound[22:26] = struct.pack('<I', crc(sound[:size]))
open('quiet.opus', 'wb').write(sound)
PYTHON
python3 gain.py

cat > decode.mjs << 'JS'
import { readFileSync } from 'node:fs'
import { OggOpusDecoder } from 'ogg-opus-decoder'

async function energy(file) {
  const decoder = new OggOpusDecoder()
  await decoder.ready
  const { channelData: [samples] } = await decoder.decodeFile(readFileSync(file))
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
}
const quieter = 10 * Math.log10((await energy('plain.opus')) / (await energy('quiet.opus')))
console.log(`ogg-opus-decoder ${Math.abs(Math.round(quieter))}`)
JS
cat > decode.py << 'PYTHON'
import math, soundfile, subprocess, sys, array

def by_libsndfile(file):
    return soundfile.read(file)[0]

def by_ffmpeg(file):
    command = [sys.argv[1], '-nostdin', '-loglevel', 'error', '-i', file, '-f', 'f32le', '-ac', '1', '-']
    return array.array('f', subprocess.run(command, check=True, capture_output=True).stdout)

for name, decode in (('libsndfile', by_libsndfile), ('ffmpeg', by_ffmpeg)):
    plain, quiet = (sum(sample * sample for sample in decode(file)) for file in ('plain.opus', 'quiet.opus'))
    print(f'{name} {round(10 * math.log10(plain / quiet))}')
PYTHON

observed=$({ node decode.mjs; env/bin/python decode.py "$ffmpeg"; } | paste -sd, | sed 's/,/, /g')
echo "$observed"
[ "$observed" = 'ogg-opus-decoder 0, libsndfile 12, ffmpeg 12' ]
