#!/usr/bin/env bash
# Pages that a recorder leaves out of an Ogg Opus file, for example while a microphone is muted, are no pause for decoders:
# the granule positions say when the later sound belongs, tools that read lengths believe them, and every decoder tried
# plays the later sound at once. So 10 s with a gap of 4 s are listed as 10 s and heard as 6 s. ffmpeg keeps the time
# with the filter aresample=async=1 only. A recorder has to write silent packets.
#
# Observed with ffmpeg 7.0.2 (imageio-ffmpeg 0.6.0), libsndfile 1.2.2 (soundfile 0.13.1), mutagen 1.47.0 and
# ogg-opus-decoder 1.7.5:
#   length by libsndfile 10000 ms, by mutagen 10000 ms
#   decoded by libsndfile 6000 ms, by ogg-opus-decoder 6000 ms, by ffmpeg 6000 ms, with async 10000 ms
# Needs python3 with venv, node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0 soundfile==0.13.1 mutagen==1.47.0
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund ogg-opus-decoder@1.7.5
ffmpeg=$(echo env/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)
chmod +x "$ffmpeg"

"$ffmpeg" -nostdin -loglevel error -f lavfi -i 'sine=duration=10' -ar 48000 -ac 1 -c:a libopus -page_duration 500000 whole.opus

cat > gap.py << 'PYTHON'
import struct

def crc(data):
    value = 0
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1
        value &= 0xFFFFFFFF
    return value

# Leaves out the pages that end after 3 s and until 7 s, and numbers the others without a gap.
whole = open('whole.opus', 'rb').read()
kept, sequence, at = b'', 0, 0
while at < len(whole):
    segments = whole[at + 26]
    size = 27 + segments + sum(whole[at + 27:at + 27 + segments])
    page = bytearray(whole[at:at + size])
    at += size
    if 3 * 48000 < struct.unpack('<q', page[6:14])[0] <= 7 * 48000:
        continue
    page[18:26] = struct.pack('<II', sequence, 0)
    page[22:26] = struct.pack('<I', crc(page))
    kept += page
    sequence += 1
open('gap.opus', 'wb').write(kept)
PYTHON
python3 gap.py

cat > lengths.py << 'PYTHON'
import mutagen.oggopus, soundfile

info = soundfile.info('gap.opus')
print(f"length by libsndfile {round(info.frames / info.samplerate * 1000)} ms,"
      f" by mutagen {round(mutagen.oggopus.OggOpus('gap.opus').info.length * 1000)} ms")
sound, rate = soundfile.read('gap.opus')
print(f'decoded by libsndfile {round(len(sound) / rate * 1000)} ms', end=', ')
PYTHON
cat > decode.mjs << 'JS'
import { readFileSync } from 'node:fs'
import { OggOpusDecoder } from 'ogg-opus-decoder'

const decoder = new OggOpusDecoder()
await decoder.ready
const { samplesDecoded } = await decoder.decodeFile(readFileSync('gap.opus'))
console.log(`by ogg-opus-decoder ${samplesDecoded / 48} ms,`)
JS
by_ffmpeg() {
  "$ffmpeg" -nostdin -loglevel error -i gap.opus "$@" -f s16le -ar 48000 -ac 1 - | wc -c | awk '{ printf "%d ms", $1 / 96 }'
}

observed=$(env/bin/python lengths.py)$(node decode.mjs)" by ffmpeg $(by_ffmpeg), with async $(by_ffmpeg -af aresample=async=1)"
echo "$observed"
[ "$observed" = 'length by libsndfile 10000 ms, by mutagen 10000 ms
decoded by libsndfile 6000 ms, by ogg-opus-decoder 6000 ms, by ffmpeg 6000 ms, with async 10000 ms' ]
