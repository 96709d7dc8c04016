#!/usr/bin/env bash
# Radio servers put the title into MP3 and AAC streams as `StreamTitle='Artist - Title';`. The protocol (ICY) has no
# specification and no escapes. Servers write titles as they are, and players take the end to be `';`, so that quotes,
# semicolons and signs of equality inside are harmless: ffmpeg, GStreamer, mpg123 and icecast-metadata-js show the
# titles below whole. Two readers of npm do not. icy 2.1.0 ends a title at its first semicolon, which tags with several
# artists contain, and at an equals sign before a quote. icecast-parser 4.0.2 also ends it at a double quote before a
# semicolon, although a single quote began it. What is left is a good title, so nobody sees that a part is missing. A
# server that cares for listeners with such apps writes other characters.
#
# Observed with icy 2.1.0, icecast-parser 4.0.2, icecast-metadata-js 1.2.9 and ffmpeg 7.0.2 (imageio-ffmpeg 0.6.0 of
# PyPI):
#   Mira; Jon - Rain
#     icy: Mira
#   Say "hello"; then go
#     icy: Say "hello
#     icecast-parser: Say "hello
#   Name='x'
#     icy: Name
# Prints the readers that show another title than the server sent. Needs python3 with venv, node (20 or newer) and npm.
# Exits with 1 when the output differs.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check --no-deps imageio-ffmpeg==0.6.0
npm init -y > /dev/null
npm install --silent --ignore-scripts --no-audit --no-fund icy@2.1.0 icecast-parser@4.0.2 icecast-metadata-js@1.2.9
ffmpeg=$(echo env/lib/python3*/site-packages/imageio_ffmpeg/binaries/ffmpeg-*)
chmod +x "$ffmpeg"
"$ffmpeg" -nostdin -loglevel error -f lavfi -i sine=duration=4 -b:a 128k -id3v2_version 0 -write_xing 0 tone.mp3

cat > titles.mjs << 'JS'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { IcecastReadableStream } from 'icecast-metadata-js'
import { Parser } from 'icecast-parser'
import icy from 'icy'

const interval = 4000
const tone = readFileSync('tone.mp3')
let title = ''
const server = createServer((request, response) => {
  const text = Buffer.from(`StreamTitle='${title}';`)
  const block = Buffer.alloc(1 + 16 * Math.ceil(text.length / 16))
  block[0] = (block.length - 1) / 16
  text.copy(block, 1)
  response.writeHead(200, { 'content-type': 'audio/mpeg', 'icy-metaint': interval })
  for (let at = 0; at + interval <= tone.length; at += interval) {
    response.write(Buffer.concat([tone.subarray(at, at + interval), block]))
  }
  response.end()
})
await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`

const readers = {
  ffmpeg: resolve => {
    const run = spawn(process.argv[2], ['-nostdin', '-hide_banner', '-i', url, '-f', 'null', '-'])
    let printed = ''
    run.stderr.on('data', text => { printed += text })
    run.on('close', () => resolve(/StreamTitle +: (.*)/.exec(printed)?.[1]))
  },
  icy: resolve => {
    icy.get(url, response => {
      response.once('metadata', bytes => resolve(icy.parse(bytes).StreamTitle))
      response.resume()
    })
  },
  'icecast-parser': resolve => {
    const parser = new Parser({ url, autoUpdate: false })
    parser.once('metadata', tags => resolve(tags.get('StreamTitle')))
  },
  'icecast-metadata-js': async resolve => {
    const response = await fetch(url, { headers: { 'Icy-MetaData': '1' } })
    const onMetadata = ({ metadata }) => resolve(metadata.StreamTitle)
    await new IcecastReadableStream(response, { onMetadata, onStream() {}, metadataTypes: ['icy'] }).startReading()
  }
}
for (title of ['Mira - Rain', 'Mira; Jon - Rain', `Don't say "so"`, 'Say "hello"; then go', "Name='x'"]) {
  const cut = []
  for (const [name, read] of Object.entries(readers)) {
    const shown = await new Promise(resolve => read(resolve))
    if (shown !== title) cut.push(`  ${name}: ${shown}`)
  }
  if (cut.length > 0) console.log([title, ...cut].join('\n'))
}
process.exit()
JS
observed=$(timeout 100 node titles.mjs "$ffmpeg")
echo "$observed"
[ "$observed" = "Mira; Jon - Rain
  icy: Mira
Say \"hello\"; then go
  icy: Say \"hello
  icecast-parser: Say \"hello
Name='x'
  icy: Name" ]
