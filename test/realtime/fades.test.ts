import t from 'tap'
import type { Playback } from '../../contract/playback.ts'
import { startServer } from '../server-process.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { goLive, joinShow, type ShowClient } from '../users.ts'
import { until } from './real-app.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
t.teardown(async () => await server.close())

const { creator, client, showId } = await goLive(server.url)
t.teardown(() => client.disconnect())
const songs = await Promise.all(
  [440, 880].map(async hz => {
    const sound = await makeFile('a.flac', [], `sine=frequency=${hz}:duration=60`)
    return { kind: 'song', songId: (await settled(creator, (await uploaded(server.url, creator, sound)).id)).id }
  })
)
await creator.rest('PUT', `/v1/shows/${showId}/playlist`, { version: 0, items: songs })
await client.waitForEvent('playlist:changed')

/** Plays the first song from its beginning. */
async function startMusic(): Promise<Playback> {
  await client.request('playback:stop', { fadeMs: 0 })
  return (await client.request('playback:play', {})).playback
}

const playbackOf = async (client: ShowClient) => (await client.request('show:resync', {})).snapshot.playback

async function waitFor(client: ShowClient, isWanted: (playback: Playback) => boolean): Promise<Playback> {
  let playback = await playbackOf(client)
  await until(async () => isWanted((playback = await playbackOf(client))))
  return playback
}

t.test('a song fades out, everybody learns it, and then it pauses where it had become silent', async t => {
  const before = await startMusic()
  for (const payload of [{ fadeMs: -1 }, { fadeMs: 10_001 }, { fadeMs: 0.5 }, { fadeMs: '1' }, { fade: 1 }]) {
    t.equal(await client.requestError('playback:pause', payload), 'VALIDATION', JSON.stringify(payload))
  }
  const { playback } = await client.request('playback:pause', { fadeMs: 1500 })
  t.match(playback, { ...before, fade: { durationMs: 1500, from: 1, to: 0, then: 'pause' } }, 'it plays on until then')
  const { client: latecomer } = await joinShow(server.url, showId, 'Latecomer')
  t.teardown(() => latecomer.disconnect())
  t.equal(await latecomer.requestError('playback:pause', { fadeMs: 0 }), 'FORBIDDEN')
  const { at, durationMs } = playback.fade!
  const after = await waitFor(latecomer, ({ status }) => status === 'paused')
  t.equal(after.positionMs, playback.positionMs + at + durationMs - playback.at)
  t.match(after.fade, { from: 0, to: 0 }, 'what listeners still have of it stays silent')
  t.equal((await client.request('playback:play', {})).playback.fade, undefined, 'it goes on in full')
})

t.test('during a fade-out, playing on brings the song back, and other commands are carried out at once', async t => {
  const first = await startMusic()
  await client.request('playback:next', { from: first.item!.id, fadeMs: 10_000 })
  const { playback: back } = await client.request('playback:play', {})
  t.match(back, { item: { id: first.item!.id }, at: first.at, fade: { durationMs: 300, to: 1, then: undefined } })
  await client.request('playback:pause', { fadeMs: 10_000 })
  const { playback: next } = await client.request('playback:next', { from: first.item!.id, fadeMs: 10_000 })
  t.match(next, { status: 'playing', positionMs: 0, fade: { from: 0, to: 1 } })
  t.not(next.item!.id, first.item!.id)
  await until(async () => Date.now() > next.at)
  await client.request('playback:play', { itemId: first.item!.id, positionMs: 5000, fadeMs: 200 })
  const chosen = await waitFor(client, ({ item }) => item?.id === first.item!.id)
  t.match(chosen, { status: 'playing', positionMs: 5000 })
})

t.test('the setting of the show holds for commands without a time, and a time wins', async t => {
  await startMusic()
  const rejected = creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { songFadeMs: 10_001 } })
  await t.rejects(rejected, /VALIDATION/)
  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { songFadeMs: 8000 } })
  await client.waitForEvent('settings:changed')
  const { playback } = await client.request('playback:pause', {})
  t.match(playback, { status: 'playing', fade: { durationMs: 8000, then: 'pause' } })
  await client.request('playback:play', {})
  t.match((await client.request('playback:stop', { fadeMs: 0 })).playback, { status: 'stopped', item: null })
})

t.test('a fade goes on after a crash of the server, and what it was for is done', async t => {
  await creator.rest('PATCH', `/v1/shows/${showId}`, { settings: { songFadeMs: 0 } })
  await startMusic()
  const { playback } = await client.request('playback:pause', { fadeMs: 3000 })
  await server.stop('SIGKILL')
  await server.restart()
  const { client: listener } = await joinShow(server.url, showId)
  t.teardown(() => listener.disconnect())
  const after = await waitFor(listener, ({ status }) => status === 'paused')
  const { at, durationMs } = playback.fade!
  t.equal(after.positionMs, playback.positionMs + at + durationMs - playback.at)
})
