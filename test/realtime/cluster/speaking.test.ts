import t from 'tap'
import { openListenerPeer, openSpeakerPeer } from '../../audio-peers.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { speakingHeardBy } from '../../speaking-heard.ts'
import { goLive, signIn } from '../../users.ts'
import { until } from '../real-app.ts'
import { startRealNodes } from './real-nodes.ts'

t.teardown(closeRtcPeers)
t.setTimeout(120_000)

t.test('members on both nodes learn who speaks, whichever node the speaker is on', async t => {
  const { nodes } = await startRealNodes(t)
  const [a, b] = nodes
  const { client: host, creator, showId } = await goLive(a!.url)

  async function listener(url: string, levels?: boolean) {
    const user = await signIn(url, 'Listener')
    const client = await user.connect()
    const heard = speakingHeardBy(client)
    await client.request('show:join', { showId, ...(levels !== undefined && { levels }) })
    return { user, client, heard }
  }
  const guest = await listener(b!.url)
  const asking = await listener(b!.url, true)
  const measuring = await listener(b!.url, false)
  const silent = await listener(b!.url, false)
  const atHome = await listener(a!.url)

  await host.request('speak:invite', { userId: guest.user.id })
  await guest.client.waitForEvent('speak:invited')
  await guest.client.request('speak:respond', { accept: true })
  const hostVoice = await openSpeakerPeer(host, -20)
  const guestVoice = await openSpeakerPeer(guest.client, -20)
  const [hostProducer, guestProducer] = [await hostVoice.produce(), await guestVoice.produce()]
  await measuring.client.waitForEvent(
    'stage:joined',
    event => 'producerId' in event && event.producerId === hostProducer
  )
  await measuring.client.waitForEvent(
    'stage:joined',
    event => 'producerId' in event && event.producerId === guestProducer
  )
  const ear = await openListenerPeer(measuring.client)
  await Promise.all([ear.consume(hostProducer), ear.consume(guestProducer)])

  for (const { voice, userId } of [
    { voice: hostVoice, userId: creator.id },
    { voice: guestVoice, userId: guest.user.id }
  ]) {
    for (const { heard } of [guest, asking, silent, atHome]) heard.length = 0
    voice.startTalking()
    await until(() => asking.heard.length >= 4)
    voice.stopTalking()
    await until(() => [guest, silent, atHome].every(({ heard }) => heard.length >= 2))
    for (const { heard } of [guest, silent, atHome]) t.same(heard, [[userId], []])
    t.same(asking.heard[0], [userId])
  }
  t.same(measuring.heard, [], 'it receives both')
})
