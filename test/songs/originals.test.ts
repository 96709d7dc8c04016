import t from 'tap'
import type { SongSpace } from '../../contract/songs.ts'
import { signIn } from '../users.ts'
import { startApp, until } from '../realtime/real-app.ts'
import { makeFile } from './files.ts'
import { settled, storedFilesOf, uploaded } from './uploads.ts'

const mp3 = await makeFile(
  'a.mp3',
  ['-ac', '1', '-ar', '22050', '-b:a', '32k'],
  'sine=frequency=440:duration=3,volume=0.05'
)

for (const { setting, stored, originalBytes } of [
  { setting: 'on', stored: ['audio.opus.ogg', 'original'], originalBytes: mp3.length },
  { setting: 'off', stored: ['audio.opus.ogg'], originalBytes: 0 }
]) {
  t.test(`SONG_KEEP_ORIGINALS is ${setting}`, async t => {
    const { app, url } = await startApp(t, { SONG_KEEP_ORIGINALS: setting })
    const owner = await signIn(url, 'Owner')
    const usedBytes = async () => (await owner.rest<SongSpace>('GET', '/v1/songs/space')).usedBytes
    const song = await settled(owner, (await uploaded(url, owner, mp3)).id)
    t.equal(song.status, 'ready')
    await until(async () => (await storedFilesOf(app, song.id)).join() === stored.join())
    const audioBytes = (await (await fetch(url + song.audioUrl)).arrayBuffer()).byteLength
    t.equal(await usedBytes(), audioBytes + originalBytes, 'all stored bytes count')
    t.equal(song.sizeBytes, audioBytes + originalBytes)
    await app.songs.removeLeftovers()
    t.same(await storedFilesOf(app, song.id), stored, 'the removal of leftovers keeps it')
    await owner.rest('DELETE', `/v1/songs/${song.id}`)
    t.same(await storedFilesOf(app, song.id), [])
    t.equal(await usedBytes(), 0)
  })
}
