import { execFile } from 'node:child_process'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { songFailures, type Song } from '../../contract/songs.ts'
import { openOpusSong } from '../../media/player/opus-song.ts'
import { inMemory } from '../media/ogg-writer.ts'
import { signIn } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'
import { examine, makeFile } from './files.ts'
import { impostors, mutationsOf } from './mutations.ts'
import { keptOf, settled, upload } from './uploads.ts'

// More on request: 500 take some minutes.
const count = Number(process.env.MUTATIONS ?? 30)
const seed = Number(process.env.SEED ?? 1)
const { app, url } = await startApp(t, {
  SONG_JOBS: '2',
  SONG_TIME_LIMIT_MS: '10000',
  LIMIT_UPLOAD_BYTES: '4000000',
  ACCESS_TOKEN_TTL_MS: '86400000'
})
let owner = await signIn(url, 'Owner')
const folder = await mkdtemp(join(tmpdir(), 'ambient-secret-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))

const tone = 'sine=frequency=440:duration=2'
const tags = ['-metadata', 'title=Tone', '-metadata', 'artist=Somebody']
const files = new Map(
  await Promise.all(
    [
      ['mp3', []],
      ['flac', []],
      ['wav', []],
      ['aiff', []],
      ['m4a', ['-c:a', 'aac']],
      ['aac', []],
      ['ogg', ['-c:a', 'libvorbis']],
      ['opus', ['-c:a', 'libopus']],
      ['mka', ['-c:a', 'flac']]
    ].map(
      async ([extension, how]) =>
        [String(extension), await makeFile(`tone.${String(extension)}`, [...tags, ...(how ?? [])], tone)] as const
    )
  )
)

/** What came of a file: the code it was refused with, why it failed, or the song that plays. */
async function fate(bytes: Buffer): Promise<{ refused?: string; song?: Song }> {
  const { status, body } = await upload(url, owner, bytes)
  if (status !== 201) return { refused: body.code ?? String(status) }
  return { song: await settled(owner, body.id) }
}

/** How long the player sends it. Throws where it could not. */
async function onAirMs(sound: Buffer): Promise<number> {
  let samples = 0
  for await (const packets of (await openOpusSong(inMemory(sound))).packets(0)) {
    for (const packet of packets) samples += packet.samples
  }
  return samples / 48
}

/** Every file ends somewhere; the slowest took this long. */
async function check(t: Test, { name, bytes }: { name: string; bytes: Buffer }): Promise<number> {
  const from = performance.now()
  const { refused, song } = await fate(bytes)
  const tookMs = performance.now() - from
  if (refused !== undefined) t.match(refused, /^(UNSUPPORTED_MEDIA|PAYLOAD_TOO_LARGE)$/, name)
  else if (song?.status === 'failed') {
    t.ok(song.reason !== null && songFailures.includes(song.reason), `${name}: ${song.reason}`)
  } else if (song) {
    const sound = Buffer.from(await (await fetch(url + song.audioUrl)).arrayBuffer())
    const { codec, channels, durationMs } = await examine(sound)
    t.match({ codec, channels }, { codec: 'opus', channels: 2 }, `${name} plays`)
    t.ok(
      Math.abs(durationMs - song.durationMs) < 30 && song.durationMs > 0,
      `${name}: ${song.durationMs} ms are ${durationMs}`
    )
    t.equal(await onAirMs(sound), song.durationMs, `${name} is as long on air`)
  }
  if (song) await owner.rest('DELETE', `/v1/songs/${song.id}`)
  if (song) t.same(await keptOf(app, song.id), [])
  return tookMs
}

t.test('what is whole plays, whatever it is', async t => {
  for (const [name, bytes] of files) {
    t.match(
      (await fate(bytes)).song,
      { status: 'ready', title: name === 'wav' || name === 'aac' ? String : 'Tone' },
      name
    )
  }
})

t.test('sound whose times leap, and which changes on its way, is one song', async t => {
  const changing = Buffer.concat([
    await makeFile('a.mp3', ['-ar', '44100']),
    await makeFile('b.mp3', ['-ac', '2', '-ar', '32000']),
    await makeFile('c.mp3', ['-ar', '48000'])
  ])
  await check(t, { name: 'one file after another', bytes: changing })
  const matroska = await makeFile('a.mka', ['-c:a', 'flac'])
  // The time of the first cluster, which is in ms: https://www.rfc-editor.org/rfc/rfc9559#name-timestamp-element
  const leaping = Buffer.from(matroska)
  const at = leaping.indexOf(Buffer.from([0xe7, 0x81]), leaping.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75])))
  leaping[at + 2] = 0xff
  const blocks = [...leaping.keys()].filter(place => leaping[place] === 0xa3 && place > at)
  for (const place of blocks.slice(3, 9)) leaping[place + 4] = 0x40
  await check(t, { name: 'leaping', bytes: leaping })
})

t.test('what only seems to be a song is none, and opens no other file', async t => {
  const pipe = join(folder, 'pipe.mp3')
  await promisify(execFile)('mkfifo', [pipe])
  // Who opens a pipe to write waits until somebody opens it to read.
  const opened: string[] = []
  const watch = async (who: string) => {
    await (await open(pipe, 'w')).close()
    opened.push(who)
  }
  const watched = watch('another')
  for (const { name, bytes } of impostors(pipe)) {
    const { refused, song } = await fate(bytes)
    t.ok(
      refused === 'UNSUPPORTED_MEDIA' || song?.status === 'failed' || name.startsWith('a WAV'),
      `${name}: ${refused ?? song?.reason ?? song?.status}`
    )
  }
  t.same(opened, [])
  await readFile(pipe)
  await watched
  t.same(opened, ['another'], 'who does is noticed')

  const list = join(folder, 'list')
  await writeFile(list, `ffconcat version 1.0\nfile '${pipe}'\n`)
  const noticed = watch('ffmpeg')
  await promisify(execFile)('ffmpeg', ['-nostdin', '-safe', '0', '-i', list, '-f', 'null', '-']).catch(() => {})
  await noticed
  t.equal(opened.length, 2, 'as ffmpeg does where nothing keeps it from it')
})

t.test(`${count} damaged files fail with a reason, or play`, async t => {
  let slowestMs = 0
  for (const [n, mutation] of [...mutationsOf(files, count, seed)].entries()) {
    // Nobody uploads more than so many in a minute.
    if (n % 100 === 0) owner = await signIn(url, 'Owner')
    slowestMs = Math.max(slowestMs, await check(t, mutation))
  }
  t.comment(`the slowest took ${Math.round(slowestMs)} ms`)
  t.equal((await fetch(`${url}/readyz`)).status, 200, 'and the server is as it was')
})
