import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import type { Ambient, Song } from '../../client/index.ts'
import { programOf } from '../docs/page-blocks.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { startApp } from '../realtime/real-app.ts'
import { makeFile } from '../songs/files.ts'
import { goLive } from '../users.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { createApp } from './app-folder.ts'

t.teardown(closeRtcPeers)

/** Runs a script of the app in a Node.js process of its own and returns the lines that it writes, as they come. */
function runScript(t: Test, path: string): AsyncIterable<string> {
  const script = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => script.kill())
  return createInterface({ input: script.stdout })
}

t.test("a plain Node.js script runs the README's example", async t => {
  const { url } = await startApp(t)
  const { client, showId } = await goLive(url)
  t.teardown(() => client.disconnect())
  await (await openSpeakerPeer(client)).produce()
  const example = programOf('client/README.md', 'elementOutput')
    .replace('http://127.0.0.1:3000', url)
    .replace(', sound: elementOutput()', '')
  const app = await createApp(t, { files: { 'script.js': stripTypeScriptTypes(example) } })

  const greeting = client.nextMessage('comments')
  const lines: string[] = []
  for await (const line of runScript(t, join(app, 'script.js'))) {
    lines.push(line)
    if (line === 'live Creator') break
  }
  if (lines.at(-1) !== 'live Creator') return t.fail(`the script ended early: ${lines.join('\n')}`)
  t.match(await greeting, { comments: [{ text: 'Hello', showId, author: { displayName: 'Listener' } }] })
})

interface SongsProgram {
  ambient: Ambient
  addSong(file: File, onPercent: (percent: number) => void): Promise<Song>
  setPlaylist(showId: string, songs: readonly Song[]): Promise<void>
}

t.test('the program for songs uploads a file, waits until it is a song, and adds it to a playlist', async t => {
  const { url } = await startApp(t)
  const program = programOf('docs/app-developers.md', 'songs.upload').replace('http://127.0.0.1:3000', url)
  const app = await createApp(t, { files: { 'program.ts': program } })
  const { ambient, addSong, setPlaylist }: SongsProgram = await import(pathToFileURL(join(app, 'program.ts')).href)

  const sound = await makeFile('a.flac', [], 'sine=duration=2')
  const song = await addSong(new File([Buffer.from(sound)], 'Evening.flac'), () => {})
  t.match(song, { title: 'Evening', status: 'ready', reason: null })
  const bad = await addSong(new File(['fLaC and no more'], 'bad.flac'), () => {})
  t.match(bad, { status: 'failed', reason: 'notAudio' })

  const { id } = await ambient.shows.create({ title: 'A show' })
  await setPlaylist(id, [song])
  t.match(await ambient.playlists.get(id), { version: 1, items: [{ kind: 'song', songId: song.id, title: 'Evening' }] })
  const response = await fetch((await ambient.songs.audioUrl(song.id)) ?? '', { headers: { range: 'bytes=0-3' } })
  t.equal(response.status, 206)
  t.equal(await response.text(), 'OggS')
})
