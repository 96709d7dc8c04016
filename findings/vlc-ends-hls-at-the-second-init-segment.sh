#!/usr/bin/env bash
# A playlist of HLS may have several EXT-X-MAP tags: each applies to the segments after it (RFC 8216, section 4.3.2.5),
# and a live encoder that starts again writes EXT-X-DISCONTINUITY with a new one. VLC 3.0.24 keeps the first only. At
# the discontinuity it opens the next segment without an init segment, finds no moov, and ends the show, live or not,
# although the segments go on. hls.js, ffmpeg and mpv play on. A live server with fMP4 that wants these listeners keeps
# one init segment and one timeline: it adds to the times in `tfdt` of the new run, and writes no discontinuity.
#
# One run of 8 s, and two runs of 4 s each. Observed with VLC 3.0.24 of Debian 12:
#   one run: 8 s
#   two runs: 4 s
# Needs vlc-bin and vlc-plugin-base 3.0.24 (Debian packages), runuser when it runs as root (VLC refuses to), and python3
# with venv. Exits with 1 when the output differs.
set -euo pipefail

command -v cvlc > /dev/null || { echo 'cvlc is missing'; exit 1; }
dpkg-query -W -f 'VLC ${Version}\n' vlc-bin
folder=$(mktemp -d)
server=
clean_up() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check --no-deps imageio-ffmpeg==0.6.0
ffmpeg=$(echo env/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)
chmod +x "$ffmpeg"

encode() {
  "$ffmpeg" -nostdin -loglevel error -f lavfi -i "sine=duration=$2:sample_rate=48000" -c:a aac -f hls -hls_time 2 \
    -hls_list_size 0 -hls_playlist_type vod -hls_segment_type fmp4 -hls_fmp4_init_filename "$1.mp4" "$1.m3u8"
}
encode one 8
encode first 4
encode second 4
{
  grep -v ENDLIST first.m3u8
  echo '#EXT-X-DISCONTINUITY'
  grep -A 100 EXT-X-MAP second.m3u8
} > two.m3u8
python3 -u -m http.server 0 --bind 127.0.0.1 > server.log 2>&1 &
server=$!
until grep -q 'port [0-9]' server.log; do sleep 0.1; done
address=http://127.0.0.1:$(sed -n 's/.*port \([0-9]*\).*/\1/p' server.log)

mkdir home
chmod 711 .
chmod 777 home
as_user() { if [ "$(id -u)" = 0 ]; then runuser -u nobody -- "$@"; else "$@"; fi; }
observed=$(for runs in one two; do
  out="#transcode{acodec=s16l,channels=1,samplerate=48000}:std{access=file,mux=wav,dst=$folder/home/$runs.wav}"
  as_user env HOME="$folder/home" timeout 60 cvlc --quiet --no-video --sout "$out" --sout-keep "$address/$runs.m3u8" \
    vlc://quit > "$runs.log" 2>&1 || true
  awk -v bytes="$(wc -c < "home/$runs.wav")" -v runs="$runs" 'BEGIN { printf "%s: %.0f s\n", runs, bytes / 96000 }'
done | sed 's/^one:/one run:/; s/^two:/two runs:/')
echo "$observed"
[ "$observed" = 'one run: 8 s
two runs: 4 s' ]
