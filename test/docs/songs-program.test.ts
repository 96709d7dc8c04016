import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import type { Ambient, Song } from '../../client/index.ts'
import { startApp } from '../realtime/real-app.ts'
import { makeFile } from '../songs/files.ts'
import { programOf } from './page-blocks.ts'

interface Program {
  ambient: Ambient
  addSong(file: File, show: (percent: number) => void): Promise<Song>
  choose(showId: string, songs: readonly Song[]): Promise<void>
}

t.test('the program for songs uploads, waits until a song is made, and puts it into a playlist', async t => {
  const { url } = await startApp(t)
  const sdk = pathToFileURL(join(import.meta.dirname, '..', '..', 'client', 'index.ts')).href
  const program = programOf('app-developers.md', 'songs.upload')
    .replace('http://127.0.0.1:3000', url)
    .replace('./client/index.ts', sdk)
  const { ambient, addSong, choose }: Program = await import(
    pathToFileURL(join(t.testdir({ 'program.ts': program }), 'program.ts')).href
  )

  const sound = await makeFile('a.flac', [], 'sine=duration=2')
  const song = await addSong(new File([Buffer.from(sound)], 'Evening.flac'), () => {})
  t.match(song, { title: 'Evening', status: 'ready', reason: null })
  const bad = await addSong(new File(['fLaC and no more'], 'bad.flac'), () => {})
  t.match(bad, { status: 'failed', reason: 'notAudio' })

  const { id } = await ambient.shows.create({ title: 'A show' })
  await choose(id, [song])
  t.match(await ambient.playlists.get(id), { version: 1, items: [{ kind: 'song', songId: song.id, title: 'Evening' }] })
  const answer = await fetch((await ambient.songs.audioUrl(song.id)) ?? '', { headers: { range: 'bytes=0-3' } })
  t.equal(answer.status, 206)
  t.equal(await answer.text(), 'OggS')
})
