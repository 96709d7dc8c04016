#!/usr/bin/env bash
# By now Chromium plays HLS by itself, and says "maybe" to canPlayType('application/vnd.apple.mpegurl'), as Safari does.
# Pages that ask this question before they load a library now use it. To Safari's player they know: `seekable` is the
# window of the playlist, and getStartDate() + currentTime is the EXT-X-PROGRAM-DATE-TIME of the sound, which the HTML
# standard describes in "Offsets into the media resource". In Chromium 156 a live stream has no getStartDate(), and
# `seekable` is empty. After a pause it goes on with the newest segments. That is sensible, but its clock joins them to
# the old ones as if nothing were between: a page that shows comments, captions or a cue sheet by currentTime is off by
# the length of the pause from then on, and nothing tells it.
#
# A live stream with segments of a second, paused for 30 s. Observed with Chromium 156 of Debian 12 (playwright-core
# 1.65.1 of npm), a stream of ffmpeg 7.0.2 (imageio-ffmpeg 0.6.0 of PyPI):
#   canPlayType maybe, getStartDate undefined, seekable ranges 0
#   after the pause: more than 15 segments left out, and the clock moved on by less than 15 s
# Needs chromium (Debian package), python3 with venv, node (20 or newer) and npm. Exits with 1 when the output differs.
set -euo pipefail

command -v chromium > /dev/null || { echo 'chromium is missing'; exit 1; }
chromium --version 2> /dev/null | head -n 1
folder=$(mktemp -d)
ffmpeg_pid=
clean_up() {
  if [ -n "$ffmpeg_pid" ]; then
    kill -9 "$ffmpeg_pid" 2> /dev/null || true
    wait "$ffmpeg_pid" 2> /dev/null || true
  fi
  rm -rf "$folder"
}
trap clean_up EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check --no-deps imageio-ffmpeg==0.6.0
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund playwright-core@1.65.1
ffmpeg=$(echo env/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)
chmod +x "$ffmpeg"
mkdir live
"$ffmpeg" -nostdin -loglevel fatal -re -f lavfi -i sine -c:a aac -f hls -hls_time 1 -hls_list_size 8 \
  -hls_segment_type fmp4 -hls_flags program_date_time+delete_segments live/show.m3u8 &
ffmpeg_pid=$!

cat > listen.mjs << 'JS'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { chromium } from 'playwright-core'

let segments = []
const server = createServer(async (request, response) => {
  const segment = /show(\d+)\.m4s/.exec(request.url)?.[1]
  if (segment !== undefined) segments.push(Number(segment))
  if (request.url === '/') return response.setHeader('content-type', 'text/html').end('<audio id=a></audio>')
  const file = await readFile(`live${request.url}`).catch(() => null)
  response.statusCode = file ? 200 : 404
  const type = request.url.endsWith('8') ? 'application/vnd.apple.mpegurl' : 'audio/mp4'
  response.setHeader('content-type', type).end(file)
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
while (!(await readFile('live/show.m3u8', 'utf8').catch(() => '')).includes('show3.')) await pause(200)

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required']
})
const page = await browser.newPage()
const time = async () => await page.evaluate(() => a.currentTime)
async function playFor(seconds) {
  const start = await time()
  await page.evaluate(async () => await a.play())
  while ((await time()) < start + seconds) await pause(100)
}
await page.goto(`http://127.0.0.1:${server.address().port}/`)
await page.evaluate(() => { a.src = 'show.m3u8' })
await playFor(4)
const [type, date, ranges] = await page.evaluate(() =>
  [a.canPlayType('application/vnd.apple.mpegurl'), typeof a.getStartDate, a.seekable.length])
console.log(`canPlayType ${type}, getStartDate ${date}, seekable ranges ${ranges}`)
await page.evaluate(() => a.pause())
const [before, last] = [await time(), Math.max(...segments)]
await pause(30_000)
segments = []
await playFor(1)
while (!segments.some(number => number > last + 4)) await pause(100)
const leftOut = Math.min(...segments.filter(number => number > last + 4)) - last - 1
const moved = (await time()) - before
const than = (value, limit) => `${value > limit ? 'more' : 'less'} than ${limit}`
console.log(`after the pause: ${than(leftOut, 15)} segments left out, and the clock moved on by ${than(moved, 15)} s`)
await browser.close()
server.close()
process.exit()
JS
observed=$(timeout 600 node listen.mjs)
echo "$observed"
[ "$observed" = 'canPlayType maybe, getStartDate undefined, seekable ranges 0
after the pause: more than 15 segments left out, and the clock moved on by less than 15 s' ]
