import t from 'tap'
import type { OwnVoice } from '../../contract/recordings.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { decode } from '../media/recording/memory-stints.ts'
import { quietPacket } from '../media/recording/synthetic-voice.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { startServer } from '../server-process.ts'
import { goLive } from '../users.ts'
import { until } from './real-app.ts'

t.teardown(closeRtcPeers)

const maxLostMs = 2000

t.test('a killed server loses at most two seconds, and records on after its restart', async t => {
  const server = await startServer({ MEDIA_WORKERS: '1' })
  t.teardown(async () => await server.close())
  const { client: host, creator, showId } = await goLive(server.url, 'Crash', { record: true })
  const before = await openSpeakerPeer(host)
  await before.produce()
  await before.play(Array.from({ length: 200 }, () => quietPacket)).over
  await server.stop('SIGKILL')
  await server.restart()

  const again = await creator.connect()
  const { recording } = await again.join(showId)
  t.match(recording, { by: null }, 'the recording is still on')
  const after = await openSpeakerPeer(again)
  await after.produce()
  await after.play(Array.from({ length: 50 }, () => quietPacket)).over
  await creator.rest('POST', `/v1/shows/${showId}/end`)

  const mine = async () => (await creator.rest<OwnVoice>('GET', `/v1/shows/${showId}/recording/mine`)).items
  await until(async () => (await mine()).length === 2)
  const [first, second] = await mine()
  t.ok(first!.durationMs >= 4000 - maxLostMs, `${first?.durationMs} of 4000 ms are left`)
  t.ok(second!.durationMs > 500, `${second?.durationMs} ms`)
  const response = await fetch(new URL(first!.audioUrl, server.url))
  const samples = await decode(Buffer.from(await response.arrayBuffer()))
  t.ok(samples.length >= (4000 - maxLostMs) * 48, 'all of it can be decoded')
})
