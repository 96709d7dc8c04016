#!/usr/bin/env bash
# The header of a track in an MP4 file has a length in units of its own timescale (`mdhd`, ISO/IEC 14496-12, section
# 8.4.2). Chromium's MediaRecorder writes the length in milliseconds there, beside a timescale of 48,000 per second: a
# voice memo of 5 s says 0.1 s. Its movie header (`mvhd`) and the fragments are right, so players play all of it, while
# readers of tags, and upload forms that trust them, take the recording for empty. Its WebM has no length to be wrong.
#
# Records a tone of 5 s. Observed with Chromium 156 and music-metadata 12.1.0, in seconds:
#   movie header 5, header of the track 0.1, music-metadata 0.1
# Needs Chromium (Debian package chromium, or CHROMIUM with its path), node (20 or newer) and npm. Exits with 1 when the
# output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
cd "$folder"
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund playwright-core@1.65.1 music-metadata@12.1.0

cat > record.mjs << 'JS'
import { parseBuffer } from 'music-metadata'
import { chromium } from 'playwright-core'

const args = ['--no-sandbox', '--autoplay-policy=no-user-gesture-required']
const browser = await chromium.launch({ executablePath: process.argv[2], args })
const page = await browser.newPage()
const bytes = await page.evaluate(async () => {
  const context = new AudioContext()
  const tone = context.createOscillator()
  const output = context.createMediaStreamDestination()
  tone.connect(output)
  tone.start()
  const recorder = new MediaRecorder(output.stream, { mimeType: 'audio/mp4;codecs=opus' })
  const file = new Promise(resolve => recorder.addEventListener('dataavailable', ({ data }) => resolve(data)))
  recorder.start()
  await new Promise(resolve => setTimeout(resolve, 5000))
  recorder.stop()
  return [...new Uint8Array(await (await file).arrayBuffer())]
})
console.error(`Chromium ${browser.version()}`)
await browser.close()

const file = Buffer.from(bytes)
function secondsIn(box) {
  const start = file.indexOf(box) + 4
  const isLong = file[start] === 1
  const timescale = file.readUInt32BE(start + (isLong ? 20 : 12))
  const duration = isLong ? Number(file.readBigUInt64BE(start + 24)) : file.readUInt32BE(start + 16)
  return duration / timescale
}
const { format } = await parseBuffer(file)
const [movie, track, read] = [secondsIn('mvhd'), secondsIn('mdhd'), format.duration].map(value => Number(value.toFixed(1)))
console.log(`movie header ${Math.round(movie)}, header of the track ${track}, music-metadata ${read}`)
JS

observed=$(node record.mjs "$chromium")
echo "$observed"
[ "$observed" = 'movie header 5, header of the track 0.1, music-metadata 0.1' ]
