#!/usr/bin/env bash
# The pre-skip in the header of Ogg Opus tells decoders how many samples to drop at the beginning of a link. An encoder
# has to write as many extra ones before the audio, and to count them in the granule positions (RFC 7845, sections 4.2
# and 4.3): nothing of the audio is lost. liquidsoap 2.1.3 announces the pre-skip of 3840 samples (80 ms) that section
# 5.1 recommends, but each link begins with the audio itself, and the granule positions end with it. A link begins at
# each title, so every decoder that follows the RFC loses 80 ms at each title, nearly all of it at the beginning, where
# a word or a beat begins. A recorded hour of 20 titles is 1.6 s short. A recording that begins less than 80 ms before a
# title has a first link without any audio, and opusdec 0.2 does not open the file. `%vorbis` and `%ogg(%flac)` lose
# nothing.
#
# Three titles of 2 s, which begin with a tone, recorded as Vorbis and Opus by one run of liquidsoap. Observed with
# liquidsoap 2.1.3 of Debian 12, decoded with ffmpeg 7.0.2 (imageio-ffmpeg 0.6.0 of PyPI):
#   pre-skip 3840, title 1: 80 ms shorter than as Vorbis, its tone ends 80 ms earlier (steps of 20 ms)
#   pre-skip 3840, title 2: 80 ms shorter than as Vorbis, its tone ends 80 ms earlier (steps of 20 ms)
# Needs liquidsoap 2.1.3 (Debian package) and python3 with venv. Exits with 1 when the output differs.
set -euo pipefail

command -v liquidsoap > /dev/null || { echo 'liquidsoap is missing'; exit 1; }
liquidsoap --version | head -n 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check --no-deps imageio-ffmpeg==0.6.0
ffmpeg=$(echo "$folder"/env/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)
chmod +x "$ffmpeg"

for title in 1 2 3; do
  "$ffmpeg" -nostdin -loglevel error -f lavfi -i "aevalsrc='if(lt(t,0.5),0.5*sin(6283*t),0)':d=2:s=48000" -ac 2 \
    -metadata "title=Title $title" "$title.flac"
done
printf '%s\n' "$folder"/[123].flac > titles.m3u
cat > radio.liq << 'LIQ'
set("init.allow_root", true)
set("frame.audio.samplerate", 48000)
radio = mksafe(playlist(mode="normal", loop=false, reload_mode="never", "titles.m3u"))
radio = source.on_metadata(radio, fun(tags) -> if tags["title"] == "Title 3" then thread.run(delay=1., shutdown) end)
output.file(%vorbis, "radio.ogg", radio)
output.file(%opus, "radio.opus", radio)
LIQ
timeout 200 liquidsoap radio.liq > log 2>&1

cat > compare.py << 'PYTHON'
import array, struct, subprocess, sys

def links(file):
    data, found, at = open(file, 'rb').read(), [], 0
    while at < len(data):
        table = data[at + 27:at + 27 + data[at + 26]]
        end = at + 27 + len(table) + sum(table)
        if data[at + 5] & 2:
            found.append(b'')
        found[-1] += data[at:end]
        at = end
    return [link for link in found if b'title=' in link.lower()]

def decode(link):
    args = '-nostdin -loglevel quiet -i pipe:0 -f s16le -ar 48000 -ac 1 -'.split()
    run = subprocess.run([sys.argv[1], *args], input=link, capture_output=True)
    samples = array.array('h', run.stdout)
    return len(samples) / 48, max(n for n, sample in enumerate(samples) if abs(sample) > 4000) / 48

# The last title ends when liquidsoap does.
for number, (vorbis, opus) in enumerate(list(zip(links('radio.ogg'), links('radio.opus')))[:2], 1):
    skip = struct.unpack_from('<H', opus, opus.index(b'OpusHead') + 10)[0]
    shorter, earlier = (round((a - b) / 20) * 20 for a, b in zip(decode(vorbis), decode(opus)))
    print(f'pre-skip {skip}, title {number}: {shorter} ms shorter than as Vorbis, its tone ends {earlier} ms earlier')
PYTHON
observed=$(python3 compare.py "$ffmpeg")
echo "$observed"
[ "$observed" = 'pre-skip 3840, title 1: 80 ms shorter than as Vorbis, its tone ends 80 ms earlier
pre-skip 3840, title 2: 80 ms shorter than as Vorbis, its tone ends 80 ms earlier' ]
