import { execFile } from 'node:child_process'
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import PQueue from 'p-queue'
import t, { type Test } from 'tap'
import { songFailures, type Song } from '../../contract/songs.ts'
import { openOpusSong } from '../../media/player/opus-song.ts'
import { inMemory } from '../media/ogg-writer.ts'
import { signIn } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'
import { makeFile, probe } from './files.ts'
import { makeModule } from './modules.ts'
import { impostors, mutationsOf, type Mutation } from './mutations.ts'
import { settled, storedFilesOf, upload } from './uploads.ts'

// Set MUTATIONS for more: 500 take some minutes.
const count = Number(process.env.MUTATIONS ?? 30)
const seed = Number(process.env.SEED ?? 1)
const jobs = 2
/** The server accepts 120 uploads per minute of one person. */
const uploadsPerOwner = 100
const { app, url } = await startApp(t, {
  SONG_JOBS: String(jobs),
  SONG_TIME_LIMIT_MS: '10000',
  LIMIT_UPLOAD_BYTES: '4000000',
  ACCESS_TOKEN_TTL_MS: '86400000'
})
let owner = await signIn(url, 'Owner')
const folder = await mkdtemp(join(tmpdir(), 'ambient-secret-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))

const source = 'sine=frequency=440:duration=1'
const tags = ['-metadata', 'title=Tone', '-metadata', 'artist=Somebody']
const files = new Map<string, Buffer>([
  ...(['mod', 'xm', 's3m', 'it'] as const).map(
    kind => [kind, makeModule(kind, { title: 'Tone', rows: 16, jumpTo: 0 })] as const
  ),
  ...(await Promise.all(
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
      async ([extension, args]) =>
        [String(extension), await makeFile(`tone.${String(extension)}`, [...tags, ...(args ?? [])], source)] as const
    )
  ))
])

/** Runs a task for each item, as many at the same time as the server transcodes. */
async function forEach<T>(items: Iterable<T>, task: (item: T) => Promise<void>): Promise<void> {
  await new PQueue({ concurrency: jobs }).addAll([...items].map(item => async () => await task(item)))
}

/** Uploads a file. Returns the code of the refusal, or the song once it is ready or failed. */
async function submit(bytes: Buffer): Promise<{ refused?: string; song?: Song }> {
  const uploader = owner
  const { status, body } = await upload(url, uploader, bytes)
  if (status !== 201) return { refused: body.code ?? String(status) }
  return { song: await settled(uploader, body.id) }
}

/** Returns how long the player plays a song. Throws when it can't. */
async function playedMs(audio: Buffer): Promise<number> {
  let samples = 0
  for await (const packets of (await openOpusSong(inMemory(audio))).packets(0)) {
    for (const packet of packets) samples += packet.samples
  }
  return samples / 48
}

/** Checks that a file is refused, fails with a reason, or becomes a song that plays. Returns how long that took. */
async function check(t: Test, { name, bytes }: Mutation): Promise<number> {
  const startedAtMs = performance.now()
  const uploader = owner
  const { refused, song } = await submit(bytes)
  const tookMs = performance.now() - startedAtMs
  if (refused !== undefined) t.match(refused, /^(UNSUPPORTED_MEDIA|PAYLOAD_TOO_LARGE)$/, name)
  else if (song?.status === 'failed') {
    t.ok(song.reason !== null && songFailures.includes(song.reason), `${name}: ${song.reason}`)
  } else if (song) {
    const audio = Buffer.from(await (await fetch(url + song.audioUrl)).arrayBuffer())
    const { codec, channels, durationMs } = await probe(audio)
    t.match({ codec, channels }, { codec: 'opus', channels: 2 }, `${name} plays`)
    t.ok(
      Math.abs(durationMs - song.durationMs) < 30 && song.durationMs > 0,
      `${name}: ${song.durationMs} ms are ${durationMs}`
    )
    t.equal(await playedMs(audio), song.durationMs, `${name} plays for its duration`)
  }
  if (song) await uploader.rest('DELETE', `/v1/songs/${song.id}`)
  if (song) t.same(await storedFilesOf(app, song.id), [])
  return tookMs
}

t.test('undamaged files of all formats play', async t => {
  await forEach(files, async ([name, bytes]) => {
    t.match(
      (await submit(bytes)).song,
      { status: 'ready', title: name === 'wav' || name === 'aac' ? String : 'Tone' },
      name
    )
  })
})

t.test('a file whose timestamps jump or whose format changes is one song', async t => {
  const changing = Buffer.concat([
    await makeFile('a.mp3', ['-ar', '44100']),
    await makeFile('b.mp3', ['-ac', '2', '-ar', '32000']),
    await makeFile('c.mp3', ['-ar', '48000'])
  ])
  await check(t, { name: 'one file after another', bytes: changing })
  const matroska = await makeFile('a.mka', ['-c:a', 'flac'])
  // The time of the first cluster, which is in ms: https://www.rfc-editor.org/rfc/rfc9559#name-timestamp-element
  const jumping = Buffer.from(matroska)
  const at = jumping.indexOf(Buffer.from([0xe7, 0x81]), jumping.indexOf(Buffer.from([0x1f, 0x43, 0xb6, 0x75])))
  jumping[at + 2] = 0xff
  const blocks = [...jumping.keys()].filter(offset => jumping[offset] === 0xa3 && offset > at)
  for (const offset of blocks.slice(3, 9)) jumping[offset + 4] = 0x40
  await check(t, { name: 'jumping timestamps', bytes: jumping })
})

t.test('a file that is only disguised as audio is rejected, and opens no other file', async t => {
  const pipe = join(folder, 'pipe.mp3')
  await promisify(execFile)('mkfifo', [pipe])
  // Opening a pipe for writing waits until a process opens it for reading.
  const readers: string[] = []
  const watch = async (reader: string) => {
    await (await open(pipe, 'w')).close()
    readers.push(reader)
  }
  const watched = watch('this test')
  await forEach(impostors(pipe), async ({ name, bytes }) => {
    const { refused, song } = await submit(bytes)
    t.ok(
      refused === 'UNSUPPORTED_MEDIA' || song?.status === 'failed' || name.startsWith('a WAV'),
      `${name}: ${refused ?? song?.reason ?? song?.status}`
    )
  })
  t.same(readers, [])
  await readFile(pipe)
  await watched
  t.same(readers, ['this test'], 'a reader is noticed')

  const list = join(folder, 'list')
  await writeFile(list, `ffconcat version 1.0\nfile '${pipe}'\n`)
  const noticed = watch('ffmpeg')
  await promisify(execFile)('ffmpeg', ['-nostdin', '-safe', '0', '-i', list, '-f', 'null', '-']).catch(() => {})
  await noticed
  t.equal(readers.length, 2, 'ffmpeg without our options reads it')
})

t.test(`${count} damaged files fail with a reason, or play`, async t => {
  let slowestMs = 0
  let uploads = 0
  await forEach(mutationsOf(files, count, seed), async mutation => {
    if (uploads++ % uploadsPerOwner === 0) owner = await signIn(url, 'Owner')
    slowestMs = Math.max(slowestMs, await check(t, mutation))
  })
  t.comment(`the slowest took ${Math.round(slowestMs)} ms`)
  t.equal((await fetch(`${url}/readyz`)).status, 200, 'the server is ready')
})
