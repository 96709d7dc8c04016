import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { testAtNight } from '../depth.ts'
import type { Page } from '../../contract/paging.ts'
import type { Song } from '../../contract/songs.ts'
import { signIn } from '../users.ts'
import { startServer } from '../server-process.ts'
import { until } from '../realtime/real-app.ts'
import { fileNamesIn, makeFile } from './files.ts'
import { startUpload } from './interrupted-upload.ts'
import { settled, upload, uploaded } from './uploads.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'ambient-restarts-'))
t.teardown(async () => await rm(dataDir, { recursive: true, force: true }))
const server = await startServer({ DATA_DIR: dataDir, SONG_LEASE_MS: '1000' })
t.teardown(async () => await server.close())
const { url } = server
const owner = await signIn(url, 'Owner')
const long = await makeFile('long.mp3', ['-b:a', '32k'], 'sine=duration=15')

const filesIn = async (folder: string) => await fileNamesIn(join(dataDir, folder))
const list = async () => (await owner.rest<Page<Song>>('GET', '/v1/songs')).items

/** Uploads half of a file. Returns a function that breaks the connection. */
async function uploadHalf(): Promise<() => void> {
  const socket = await startUpload({
    url,
    token: owner.token,
    fileName: 'half.mp3',
    file: long,
    sentBytes: long.length / 2
  })
  await until(async () => (await filesIn('storage/.incoming')).length > 0)
  return () => socket.destroy()
}

t.test('an upload whose connection breaks leaves nothing behind', async t => {
  const disconnect = await uploadHalf()
  t.same(await list(), [], 'an incomplete upload is not listed')
  disconnect()
  await until(async () => (await filesIn('storage')).length === 0)
  t.same(await list(), [])
})

testAtNight(t, 'a server killed during an upload: nothing of it remains, and it can be sent again', async t => {
  await uploadHalf()
  await server.stop('SIGKILL')
  await server.restart()
  t.same(await list(), [])
  await until(async () => (await filesIn('storage')).length === 0)
  const song = await settled(owner, (await uploaded(url, owner, long)).id)
  t.equal(song.status, 'ready')
  await owner.rest('DELETE', `/v1/songs/${song.id}`)
  await until(async () => (await filesIn('storage/songs')).length === 0)
})

t.test('a server killed while transcoding: the song becomes ready after the restart', async t => {
  const { id } = await uploaded(url, owner, long)
  await until(async () => (await filesIn('song-work')).includes('song.opus.ogg'))
  await server.stop('SIGKILL')
  await server.restart()
  const song = await settled(owner, id)
  t.equal(song.status, 'ready')
  t.ok(Math.abs(song.durationMs - 15_000) < 100)
  await until(async () => (await filesIn('song-work')).length === 0)
  await until(async () => (await filesIn('storage/songs')).join() === 'audio.opus.ogg')
  await owner.rest('DELETE', `/v1/songs/${id}`)
})

t.test('a server stopped while transcoding gives the song back', async t => {
  const { id } = await uploaded(url, owner, long)
  await until(async () => (await filesIn('song-work')).length > 0)
  await server.restart()
  t.same((await settled(owner, id)).status, 'ready')
  await owner.rest('DELETE', `/v1/songs/${id}`)
  t.match(await upload(url, owner, long), { status: 201 })
})
