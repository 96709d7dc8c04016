import t from 'tap'
import { testAtNight } from '../depth.ts'
import type { Playback } from '../../contract/playback.ts'
import type { Playlist } from '../../contract/playlist.ts'
import { closeRtcPeers, opusReceiveCapabilities } from '../media/rtc-peer.ts'
import { joinShow, goLive, type ShowClient } from '../users.ts'
import { isThroughEdge } from '../edge/edge-parts.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { openListenerPeer } from '../audio-peers.ts'
import { startApp, until } from './real-app.ts'

t.teardown(closeRtcPeers)

const { app, url } = await startApp(t)

/** Long enough for a slow machine. The tests seek to the end. */
const songMs = 60_000
const sound = await makeFile('a.flac', [], `sine=duration=${songMs / 1000}`)

/** Starts a show with this number of songs, and a listener who receives audio. */
async function startShowWithSongs(count: number) {
  const { creator, client, showId } = await goLive(url)
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await settled(creator, (await uploaded(url, creator, sound)).id)).id)
  const { items } = await creator.rest<Playlist>('PUT', `/v1/shows/${showId}/playlist`, {
    version: 0,
    items: ids.map(songId => ({ kind: 'song', songId }))
  })
  const { client: listener } = await joinShow(url, showId)
  return { creator, client, showId, items, listener, listenerPeer: await openListenerPeer(listener) }
}

/** Returns the first matching playback that the client receives, or has received. */
async function waitForPlayback(client: ShowClient, matches: (playback: Playback) => boolean): Promise<Playback> {
  const { event } = await client.waitForEvent(
    'playback:changed',
    event => event.type === 'playback:changed' && matches(event.playback)
  )
  if (event.type !== 'playback:changed') throw new Error('unexpected event')
  return event.playback
}

t.test('a song has a producer without a user, and continues when the creator disconnects', async t => {
  const { client, listener, listenerPeer, items } = await startShowWithSongs(1)
  const speaking: unknown[] = []
  listener.socket.on('media:speaking', levels => speaking.push(levels))
  const { playback } = await client.request('playback:play', {})
  t.match(playback, { status: 'playing', item: { id: items[0]!.id, kind: 'song' }, producerId: String })
  const { producerId } = await waitForPlayback(listener, ({ status }) => status === 'playing')
  t.equal(producerId, playback.producerId)
  await listenerPeer.consume(producerId!)
  const { client: another } = await joinShow(url, (await listener.request('show:resync', {})).snapshot.showId)
  await another.request('media:createTransport', { direction: 'recv' })
  t.match(
    await another.request('media:consume', { producerId: producerId!, rtpCapabilities: opusReceiveCapabilities }),
    {
      userId: null,
      producerId
    }
  )
  await until(() => listenerPeer.packetCount(producerId!) > 5)
  client.disconnect()
  await listener.waitForEvent('show:interrupted')
  const before = listenerPeer.packetCount(producerId!)
  await until(() => listenerPeer.packetCount(producerId!) > before + 20)
  t.same(speaking, [])
})

testAtNight(t, 'a pause is silent, and the next song follows from the same producer', async t => {
  const {
    client,
    listener,
    listenerPeer,
    items: [first, second]
  } = await startShowWithSongs(2)
  const {
    playback: { producerId }
  } = await client.request('playback:play', { positionMs: 1000 })
  await listenerPeer.consume(producerId!)
  await until(() => listenerPeer.packetCount(producerId!) > 5)
  t.match((await client.request('playback:pause', {})).playback, { status: 'paused', producerId })
  const packetCount = listenerPeer.packetCount(producerId!)
  await new Promise(resolve => setTimeout(resolve, 300))
  t.ok(listenerPeer.packetCount(producerId!) <= packetCount + 3)
  t.match((await client.request('playback:play', {})).playback, {
    status: 'playing',
    item: { id: first!.id },
    producerId
  })
  await client.request('playback:play', { positionMs: songMs - 1000 })
  const { at } = await waitForPlayback(listener, ({ item }) => item?.id === second!.id)
  t.match(await waitForPlayback(listener, ({ item }) => item?.id === second!.id), {
    status: 'playing',
    positionMs: 0,
    producerId
  })
  const packetCountOfBoth = listenerPeer.packetCount(producerId!)
  await until(() => listenerPeer.packetCount(producerId!) > packetCountOfBoth + 5)
  await client.request('playback:play', { positionMs: songMs - 500 })
  await waitForPlayback(listener, playback => playback.status === 'stopped' && playback.at > at)
  t.match((await listener.request('show:resync', {})).snapshot.playback, { status: 'stopped', producerId: null })
})

t.test('a song that cannot be played is refused or, when it follows by itself, silent', async t => {
  const {
    client,
    listener,
    listenerPeer,
    items: [first, second]
  } = await startShowWithSongs(2)
  const { playback } = await client.request('playback:play', {})
  await listenerPeer.consume(playback.producerId!)
  await app.db
    .collection<{ _id: string; state: string }>('songs')
    .updateOne({ _id: second!.songId! }, { $set: { state: 'failed' } })
  t.equal(await client.requestError('playback:next', { from: first!.id }), 'NOT_FOUND')
  t.equal(listener.roomEvents.filter(({ event }) => event.type === 'playback:changed').length, 1)
  const packetCount = listenerPeer.packetCount(playback.producerId!)
  await until(() => listenerPeer.packetCount(playback.producerId!) > packetCount + 5)
  await client.request('playback:play', { positionMs: songMs - 500 })
  t.match(await waitForPlayback(listener, ({ item }) => item?.id === second!.id), {
    status: 'playing',
    producerId: null
  })
})

t.test('when its worker dies, a song continues, and members receive the new producer', async t => {
  const { client, listener, listenerPeer: earlierPeer } = await startShowWithSongs(1)
  const { playback } = await client.request('playback:play', {})
  process.kill(app.media.workerPids[0]!, 'SIGKILL')
  const moved = await waitForPlayback(
    listener,
    ({ producerId }) => producerId !== null && producerId !== playback.producerId
  )
  t.same({ ...moved, producerId: playback.producerId }, playback, 'nothing else changed')
  // The worker of an edge did not die.
  const listenerPeer = isThroughEdge ? earlierPeer : await openListenerPeer(listener)
  await listenerPeer.consume(moved.producerId!)
  await until(() => listenerPeer.packetCount(moved.producerId!) > 5)
  t.match((await client.request('playback:pause', {})).playback, { producerId: moved.producerId })
})
