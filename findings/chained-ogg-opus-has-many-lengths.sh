#!/usr/bin/env bash
# Radio tools begin a new link of an Ogg stream at each change of title, so a recorded hour is a chain of links (RFC 3533,
# section 4). Libraries disagree about how long such a file is, and none reports an error. Readers of lengths know the
# first link or the last one. Of decoders, only ffmpeg gives every link once: libsndfile stops after the first, and
# ogg-opus-decoder gives two seconds too many.
#
# The file has a link of 2 s of Opus and one of 3 s, both complete. Observed with music-metadata 12.1.0, ogg-opus-decoder
# 1.7.5, mutagen 1.47.0, tinytag 2.1.1, MediaInfo (pymediainfo 7.0.1), libsndfile 1.2.2 (soundfile 0.13.1) and ffmpeg
# 7.0.2 (imageio-ffmpeg 0.6.0), in seconds:
#   length: music-metadata 2, mutagen 2, tinytag 2, MediaInfo 2, libsndfile 2, ffmpeg 3
#   decoded: ogg-opus-decoder 7, libsndfile 2, ffmpeg 5
# Needs python3 with venv, node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check imageio-ffmpeg==0.6.0 soundfile==0.13.1 mutagen==1.47.0 \
  tinytag==2.1.1 pymediainfo==7.0.1
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund ogg-opus-decoder@1.7.5 music-metadata@12.1.0
ffmpeg=$(echo env/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)
chmod +x "$ffmpeg"
for seconds in 2 3; do
  "$ffmpeg" -nostdin -loglevel error -f lavfi -i "sine=duration=$seconds" -ar 48000 -ac 1 -c:a libopus "$seconds.opus"
done
cat 2.opus 3.opus > chain.opus

cat > length.mjs << 'JS'
import { parseFile } from 'music-metadata'

const { format } = await parseFile('chain.opus', { duration: true })
console.log(`music-metadata ${Math.round(format.duration)}`)
JS
cat > length.py << 'PYTHON'
import mutagen.oggopus, soundfile, tinytag
from pymediainfo import MediaInfo

print('mutagen', round(mutagen.oggopus.OggOpus('chain.opus').info.length))
print('tinytag', round(tinytag.TinyTag.get('chain.opus').duration))
print('MediaInfo', round(MediaInfo.parse('chain.opus').general_tracks[0].duration / 1000))
print('libsndfile', round(soundfile.info('chain.opus').duration))
PYTHON
cat > decode.mjs << 'JS'
import { readFileSync } from 'node:fs'
import { OggOpusDecoder } from 'ogg-opus-decoder'

const decoder = new OggOpusDecoder()
await decoder.ready
const { channelData: [samples] } = await decoder.decodeFile(readFileSync('chain.opus'))
console.log(`ogg-opus-decoder ${Math.round(samples.length / 48000)}`)
JS
cat > decode.py << 'PYTHON'
import soundfile

samples, rate = soundfile.read('chain.opus')
print('libsndfile', round(len(samples) / rate))
PYTHON
length_by_ffmpeg() {
  "$ffmpeg" -nostdin -hide_banner -i chain.opus 2>&1 | awk -F '[:,]' '/Duration/ { printf "ffmpeg %.0f\n", $4 }' || true
}
decoded_by_ffmpeg() {
  "$ffmpeg" -nostdin -loglevel error -i chain.opus -f s16le -ar 48000 -ac 1 - | wc -c | awk '{ print "ffmpeg", $1 / 96000 }'
}
listed() { paste -sd, | sed 's/,/, /g'; }

observed="length: $({ node length.mjs; env/bin/python length.py; length_by_ffmpeg; } | listed)
decoded: $({ node decode.mjs; env/bin/python decode.py; decoded_by_ffmpeg; } | listed)"
echo "$observed"
[ "$observed" = 'length: music-metadata 2, mutagen 2, tinytag 2, MediaInfo 2, libsndfile 2, ffmpeg 3
decoded: ogg-opus-decoder 7, libsndfile 2, ffmpeg 5' ]
