import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect as connectTo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Page } from '../../contract/paging.ts'
import type { Song } from '../../contract/songs.ts'
import { signIn } from '../users.ts'
import { startServer } from '../server-process.ts'
import { until } from '../realtime/real-app.ts'
import { makeFile } from './files.ts'
import { settled, upload, uploaded } from './uploads.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'ambient-restarts-'))
t.teardown(async () => await rm(dataDir, { recursive: true, force: true }))
const server = await startServer({ DATA_DIR: dataDir, SONG_LEASE_MS: '1000' })
t.teardown(async () => await server.close())
const { url } = server
const owner = await signIn(url, 'Owner')
const long = await makeFile('long.mp3', ['-b:a', '32k'], 'sine=duration=100')

/** What lies in a folder of the server's, at any depth. */
async function within(folder: string): Promise<string[]> {
  const entries = await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter(entry => entry.isFile()).map(({ name }) => name)
}

const list = async () => (await owner.rest<Page<Song>>('GET', '/v1/songs')).items

/** Sends the beginning of a form, and no more. */
async function beginUpload(): Promise<() => void> {
  const { hostname, port } = new URL(url)
  const socket = connectTo(Number(port), hostname)
  socket.on('error', () => {})
  const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="half.mp3"\r\n\r\n'
  socket.write(
    `POST /v1/songs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${owner.token}\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: ${head.length + long.length + 9}\r\n\r\n${head}`
  )
  socket.write(long.subarray(0, long.length / 2))
  await until(async () => (await within('storage/.incoming')).length > 0)
  return () => socket.destroy()
}

t.test('an upload that breaks off leaves nothing', async t => {
  const breakOff = await beginUpload()
  t.same(await list(), [], 'what is only half there is not shown')
  breakOff()
  await until(async () => (await within('storage')).length === 0)
  t.same(await list(), [])
})

t.test('a server killed during an upload: nothing is seen of it after, and it can be sent again', async t => {
  await beginUpload()
  await server.stop('SIGKILL')
  await server.restart()
  t.same(await list(), [])
  await until(async () => (await within('storage')).length === 0)
  const song = await settled(owner, (await uploaded(url, owner, long)).id)
  t.equal(song.status, 'ready')
  await owner.rest('DELETE', `/v1/songs/${song.id}`)
  await until(async () => (await within('storage/songs')).length === 0)
})

t.test('a server killed while it makes a song: it goes on by itself, and what was begun is gone', async t => {
  const seat = await owner.connect()
  const { id } = await uploaded(url, owner, long)
  let progress = 0
  while (progress === 0) progress = (await seat.nextMessage('song:status')).progress ?? 0
  t.ok((await within('song-work')).length > 0)
  await server.stop('SIGKILL')
  await server.restart()
  const song = await settled(owner, id)
  t.equal(song.status, 'ready')
  t.ok(Math.abs(song.durationMs - 100_000) < 100)
  await until(async () => (await within('song-work')).length === 0)
  await until(async () => (await within('storage/songs')).join() === 'audio.opus.ogg')
  await owner.rest('DELETE', `/v1/songs/${id}`)
})

t.test('a server that is stopped puts aside what it works on', async t => {
  const { id } = await uploaded(url, owner, long)
  await until(async () => (await within('song-work')).length > 0)
  await server.restart()
  t.same((await settled(owner, id)).status, 'ready')
  await owner.rest('DELETE', `/v1/songs/${id}`)
  t.match(await upload(url, owner, long), { status: 201 })
})
