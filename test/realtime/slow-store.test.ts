import t from 'tap'
import type { Playlist } from '../../contract/playlist.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { goLive, joinShow } from '../users.ts'
import { startApp } from './real-app.ts'
import { startInterruptibleStore } from './interruptible-store.ts'

/** Far below any timeout of the store, and far above the time an event takes on a busy machine. */
const maxEventDelayMs = 2000

t.test('a song that waits for a silent store delays neither a mute nor a revoke', async t => {
  // Teardowns run in reverse order: the application ends before its store.
  const store = await startInterruptibleStore(t)
  const { url } = await startApp(t, { MONGODB_URL: store.url })
  const { creator, client, showId } = await goLive(url)
  const sound = await makeFile('a.flac', [], 'sine=duration=60')
  const { id: songId } = await settled(creator, (await uploaded(url, creator, sound)).id)
  await creator.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, {
    version: 0,
    items: [{ kind: 'song', songId }]
  })
  const { client: speaker, user } = await joinShow(url, showId)
  const { requestId } = await speaker.request('speak:request', {})
  await client.request('speak:answer', { requestId, accept: true })

  store.stopResponding()
  const played = client.requestRaw('playback:play', {})
  const sentAtMs = performance.now()
  const answers = [
    client.requestRaw('mute:set', { userId: user.id, muted: true }),
    client.requestRaw('speak:revoke', { userId: user.id })
  ]
  await speaker.waitForEvent('mute:changed')
  await speaker.waitForEvent('floor:revoked')
  const delayMs = performance.now() - sentAtMs
  t.ok(delayMs < maxEventDelayMs, `the events came after ${Math.round(delayMs)} ms`)

  await store.disconnect()
  await store.reconnect()
  await Promise.all([played, ...answers])
  const { snapshot } = await client.request('show:resync', {})
  t.same(
    snapshot.stage.map(({ userId }) => userId),
    [creator.id]
  )
})
