import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { Replay } from '../../../../contract/replays.ts'
import type { Song } from '../../../../contract/songs.ts'
import type { PlaylistItem } from '../../../../contract/playback.ts'
import type { ReplayDocument } from '../../../../plugins/app/replays/document.ts'
import { decodeSound, type Sound } from '../../../goertzel.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { makeFile } from '../../../songs/files.ts'
import { signIn, type TestUser } from '../../../users.ts'

/** Starts an application with two people, and plans a short show in which one speaks after the other. */
export async function planConversation(t: Test) {
  const { app, url } = await startApp(t)
  const creator = await signIn(url, 'Creator')
  const guest = await signIn(url, 'Guest')
  const planned = {
    creatorId: creator.id,
    durationMs: 6000,
    stints: [
      { userId: creator.id, atMs: 0, durationMs: 3000, frequency: 440 },
      { userId: guest.id, atMs: 3000, durationMs: 3000, frequency: 1000 }
    ]
  }
  return { app, url, creator, guest, documents: app.db.collection<ReplayDocument>('replays'), planned }
}

/** Starts an application with two people, and plans a show in which both speak, and a song of 2500 Hz plays. */
export async function planShowWithSong(t: Test) {
  const { app, url } = await startApp(t)
  const creator = await signIn(url, 'Creator <&>')
  const guest = await signIn(url, 'Guest')
  const songId = await uploadTone(app, url, creator, 2500)
  const planned = {
    creatorId: creator.id,
    durationMs: 16_000,
    title: 'A show & more',
    stints: [
      { userId: creator.id, atMs: 0, durationMs: 6000, frequency: 440 },
      { userId: guest.id, atMs: 4000, durationMs: 5000, frequency: 1000, driftPpm: -100 }
    ],
    items: [{ item: songItem(songId), atMs: 9500, durationMs: 4000 }]
  }
  return { app, url, creator, songId, planned }
}

/** Uploads a song of a tone that may be replayed. Returns its id when it is transcoded. */
export async function uploadTone(
  app: FastifyInstance,
  url: string,
  owner: TestUser,
  frequency: number,
  seconds = 10
): Promise<string> {
  const form = new FormData()
  const bytes = await makeFile('tone.wav', [], `sine=frequency=${frequency}:duration=${seconds}`)
  form.set('file', new Blob([new Uint8Array(bytes)], { type: 'audio/wav' }), 'tone.wav')
  const response = await fetch(`${url}/v1/songs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${owner.token}` },
    body: form
  })
  const { id }: Song = await response.json()
  await app.songs.worker.idle()
  await owner.rest('PATCH', `/v1/songs/${id}`, { mayReplay: true })
  return id
}

/** Returns the item of a playlist for a song. */
export function songItem(songId: string, durationMs = 10_000): PlaylistItem {
  return {
    ...{ id: `item-${songId}`, kind: 'song', songId, title: 'A tone', artists: ['An artist'], album: null },
    ...{ durationMs, artworkUrl: null, link: null, available: true }
  }
}

/** Waits until the replay of a show is not processing any more, and returns it. */
export async function mixedReplay(app: FastifyInstance, creator: TestUser, showId: string): Promise<Replay> {
  for (;;) {
    await app.replays.worker.idle()
    const replay = await creator.rest<Replay>('GET', `/v1/shows/${showId}/replay`)
    if (replay.status !== 'processing') return replay
    await delay(20)
  }
}

/** Fetches and decodes an audio file of a replay. Throws when it is not served. */
export async function audioOf(t: Test, url: string, path: string): Promise<Sound> {
  const response = await fetch(url + path)
  if (!response.ok) throw new Error(`${path} is answered with ${response.status}`)
  const file = join(t.testdir({}), 'audio')
  await writeFile(file, Buffer.from(await response.arrayBuffer()))
  return await decodeSound(file)
}
