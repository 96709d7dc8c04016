import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { Page } from '../../../contract/paging.ts'
import type { Song } from '../../../contract/songs.ts'
import { importCommand } from '../../../scripts/import-songs.ts'
import { runInProcess } from '../run-command.ts'
import { startEmbeddedStore } from '../../../plugins/embedded/index.ts'
import { storeSettings } from '../../store-settings.ts'
import { signIn } from '../../users.ts'
import { startServer } from '../../server-process.ts'
import { makeFile } from '../../songs/files.ts'
import { upload } from '../../songs/uploads.ts'

const folder = await mkdtemp(join(tmpdir(), 'ambient-import-'))
t.teardown(async () => await rm(folder, { recursive: true, force: true }))
const DATA_DIR = join(folder, 'data')
const music = join(folder, 'music')
const settings = { DATA_DIR, ...storeSettings(DATA_DIR), SONG_LEASE_MS: '500', LIMIT_SONGS_BYTES_PER_PERSON: '20000' }
const names = [
  'Some Artist/First Album/01_One.mp3',
  'Some Artist/First Album/02 Two.mp3',
  'Some Artist/Second Album/01 Three.mp3',
  'Other/04 Four.mp3'
]

const sound = await makeFile('a.mp3', ['-write_xing', '0', '-id3v2_version', '0'], 'sine=duration=2')
for (const path of [...names, 'Some Artist/First Album/cover.jpg', 'Some Artist/First Album/list.m3u']) {
  await mkdir(join(music, dirname(path)), { recursive: true })
  await writeFile(join(music, path), path.endsWith('.mp3') ? sound : `#EXTM3U\n${path}`)
}

const run = async (...args: string[]) => await runInProcess(importCommand, args, settings)

/**
 * Runs the script in its own process and kills it when it prints a text. Returns null for the code of a killed process.
 */
async function runAndKill(args: readonly string[], killAt: string): Promise<number | null> {
  const child = spawn(process.execPath, ['scripts/import-songs.ts', ...args], {
    cwd: join(import.meta.dirname, '..', '..', '..'),
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += String(chunk)
    if (printed.includes(killAt)) child.kill('SIGKILL')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}

const server = await startServer(settings)
t.teardown(async () => await server.close())
const owner = await signIn(server.url, 'Owner')

t.test('invalid arguments print the usage, and a store in use is an error', async t => {
  t.match(await run(), { code: 2, errors: /--owner ID/ })
  const folderInUse = join(folder, 'in-use')
  const store = await startEmbeddedStore({ dataDir: folderInUse })
  t.match(await runInProcess(importCommand, ['--owner', owner.id, '--from', music], { DATA_DIR: folderInUse }), {
    code: 1,
    errors: /in use/
  })
  await store.close()
})

t.test('a folder of music becomes songs of a user, also after an interruption', async t => {
  await server.stop()
  t.match(await run('--owner', 'nobody', '--from', music), { code: 1, errors: /no user with the id nobody/ })
  t.match(await run('--owner', owner.id, '--from', join(folder, 'nowhere')), { code: 1, errors: /Cannot read/ })
  t.equal(await runAndKill(['--owner', owner.id, '--from', music], 'files in'), null)
  const { output, errors, code } = await run('--owner', owner.id, '--from', music)
  t.equal(code, 0, errors)
  t.match(output, /2 not audio/)
  t.match(output, /asking for metadata: tags\n[^]*repositories were asked for 4 of 4 songs/)
  t.match(await run('--owner', owner.id, '--from', music), {
    code: 0,
    output: /0 imported, 4 imported before, 2 not audio/
  })

  await server.restart()
  const listSongs = async () => (await owner.rest<Page<Song>>('GET', '/v1/songs')).items
  while ((await listSongs()).some(({ status }) => status === 'processing')) {
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  const songs = (await listSongs()).toSorted((a, b) => (a.title < b.title ? -1 : 1))
  t.match(songs, [
    { title: '01 One', artist: 'Some Artist', album: 'First Album', status: 'ready' },
    { title: '01 Three', artist: 'Some Artist', album: 'Second Album', status: 'ready' },
    { title: '02 Two', artist: 'Some Artist', album: 'First Album', status: 'ready' },
    { title: '04 Four', artist: 'Other', album: null, status: 'ready' }
  ])
  t.equal(songs.length, 4)
  t.match(
    await upload(server.url, owner, sound),
    { status: 413 },
    'an import may exceed the quota, which is used up then'
  )
})

t.test('files that cannot be imported are named, and all others become songs', async t => {
  await server.stop()
  const mixed = join(folder, 'mixed')
  await mkdir(join(mixed, 'lost+found'), { recursive: true })
  await writeFile(join(mixed, 'a.mp3'), sound)
  // ffmpeg finds no sound behind these first bytes.
  await writeFile(join(mixed, 'broken.ogg'), Buffer.concat([Buffer.from('OggS'), Buffer.alloc(1000)]))
  await writeFile(Buffer.concat([Buffer.from(`${mixed}/`), Buffer.from([0x62, 0xff]), Buffer.from('.mp3')]), sound)
  await writeFile(join(mixed, 'z.mp3'), sound)
  const { code, output, errors } = await run('--owner', owner.id, '--from', mixed)
  t.equal(code, 1)
  t.match(output, /3 imported, 0 imported before, 0 not audio/)
  t.match(errors, /2 files or folders did not become songs:/)
  t.match(errors, /"broken.ogg": damaged/)
  t.match(errors, /"b\ufffd.mp3": the name is not UTF-8/)
  await rm(Buffer.concat([Buffer.from(`${mixed}/`), Buffer.from([0x62, 0xff]), Buffer.from('.mp3')]))
  t.match(await run('--owner', owner.id, '--from', mixed), { code: 0, output: /0 imported, 3 imported before/ })
})
