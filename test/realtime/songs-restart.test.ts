import t from 'tap'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { joinShow, goLive } from '../users.ts'
import { startServer } from '../server-process.ts'
import { makeFile } from '../songs/files.ts'
import { settled, uploaded } from '../songs/uploads.ts'
import { openListenerPeer } from '../audio-peers.ts'
import { until } from './real-app.ts'

t.teardown(closeRtcPeers)

const server = await startServer({ MEDIA_WORKERS: '1' })
t.teardown(async () => await server.close())

t.test('after a crash of the server a song continues at the position of the clock, from a new producer', async t => {
  const { url } = server
  const { creator, client, showId } = await goLive(url)
  const sound = await makeFile('a.flac', [], 'sine=duration=300')
  const { id: songId } = await settled(creator, (await uploaded(url, creator, sound)).id)
  await creator.rest('PUT', `/v1/shows/${showId}/playlist`, { version: 0, items: [{ kind: 'song', songId }] })
  const { playback } = await client.request('playback:play', {})
  t.type(playback.producerId, 'string')
  await server.stop('SIGKILL')
  await server.restart()

  const { client: listener } = await joinShow(url, showId)
  const currentPlayback = async () => (await listener.request('show:resync', {})).snapshot.playback
  await until(async () => (await currentPlayback()).producerId !== playback.producerId)
  const after = await currentPlayback()
  t.same({ ...after, producerId: playback.producerId }, playback, 'the clock continued')
  const listenerPeer = await openListenerPeer(listener)
  await listenerPeer.consume(after.producerId!)
  await until(() => listenerPeer.packetCount(after.producerId!) > 5)
})
