import t from 'tap'
import { openSpeakerPeer } from '../../audio-peers.ts'
import { tonePackets } from '../../media/recording/synthetic-voice.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { openAt, openMusic, settings, songHz, untilHeard, voiceHz } from './radio.ts'
import { startRealNodes } from './real-nodes.ts'

t.teardown(closeRtcPeers)
t.setTimeout(120_000)

t.test('a stream of another node than the home has the voices and the song, and ends with its show', async t => {
  const { nodes } = await startRealNodes(t, { settings })
  const [home, edge] = nodes.map(({ url }) => url)
  const { creator, client, showId } = await openMusic(home!, 60)
  const voice = await openSpeakerPeer(client)
  await voice.produce()
  voice.play(await tonePackets(voiceHz, 30))
  const listener = await openAt(t, edge!, showId)
  await untilHeard(listener, voiceHz)
  await untilHeard(listener, songHz)

  const change = async (patch: object) => await creator.rest('PATCH', `/v1/shows/${showId}`, patch)
  await change({ visibility: 'unlisted' })
  await listener.ended
  await change({ visibility: 'public' })
  const again = await openAt(t, edge!, showId)
  await untilHeard(again, voiceHz)
  await change({ settings: { program: false } })
  await again.ended
  t.equal((await fetch(`${edge}/live/${showId}.mp3`)).status, 404)
  await change({ settings: { program: true } })
  const last = await openAt(t, edge!, showId)
  await untilHeard(last, songHz)
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await last.ended
  t.equal((await fetch(`${edge}/live/${showId}.mp3`)).status, 404)
})
