import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { ShowAudioEvents } from '../../../media/show-audio-events.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { nextEvent, openListener, openSpeaker, presenceOf, rejectionCode, until } from '../../media/test-media.ts'
import { createFakePeers } from './fake-peers.ts'
import { openSilentPort, openTestNode } from './linked-shows.ts'

t.teardown(closeRtcPeers)

/** Three nodes; packets of the origin do not reach the edge directly. */
async function openNodes(t: Test) {
  const network = createFakePeers()
  const wrongPort = { to: 'origin', port: await openSilentPort(t) }
  return {
    network,
    origin: await openTestNode(t, network, 'origin'),
    home: await openTestNode(t, network, 'home'),
    edge: await openTestNode(t, network, 'edge', { wrongPort })
  }
}

/** Opens a speaker at the origin and a listener at the edge who consumes the voice. */
async function speakAndListen({ origin, edge }: Awaited<ReturnType<typeof openNodes>>) {
  const speaker = await openSpeaker(origin.audio, 'ann')
  const producerId = await speaker.produce()
  speaker.startTalking()
  await edge.links.ensure(producerId, 'origin')
  await (await openListener(edge.audio, 'listener')).consume(producerId)
  return producerId
}

t.test('a voice that does not arrive comes over another node, and its listeners are reset', async t => {
  const nodes = await openNodes(t)
  const { network, origin, home, edge } = nodes
  const producerId = await speakAndListen(nodes)
  await until(() => edge.silent.length > 0)
  t.same([edge.silent, edge.senders], [[producerId], ['origin']])

  const reset = nextEvent(edge.audio, 'reset')
  await edge.links.relay('origin', 'home')
  t.same(((await reset) as ShowAudioEvents['reset'])[0], [presenceOf('listener')])
  const listener = await openListener(edge.audio, 'listener')
  await edge.links.ensure(producerId, 'origin')
  await listener.consume(producerId)
  await until(() => listener.packetCount(producerId) > 20)
  t.same([origin.linking.counts().sending, edge.linking.counts().receiving], [1, 1], 'the broken link is closed')

  home.passTime(20_000)
  await sleep(1200)
  t.ok(home.audio.hasProducer(producerId), 'a node that relays a voice needs it')
  const other = await (await openSpeaker(origin.audio, 'bob')).produce()
  await edge.links.ensure(other, 'origin')
  t.match(network.questions.filter(({ kind }) => kind === 'voice:send').slice(-2), [
    { from: 'edge', to: 'home', body: { producerId: other, origin: 'origin' } },
    { from: 'home', to: 'origin', body: { producerId: other, origin: 'origin' } }
  ])
  t.equal(await rejectionCode(edge.links.ensure('unknown', 'origin')), 'NOT_FOUND')

  edge.audio.leave(presenceOf('listener'))
  edge.passTime(20_000)
  await until(() => !edge.audio.hasProducer(producerId))
  edge.passTime(20_000)
  await until(() => home.linking.counts().sending === 0)
  home.passTime(20_000)
  await until(() => !home.audio.hasProducer(producerId))
})

t.test('after a minute, and when the relay is lost, the direct way is used again', async t => {
  const nodes = await openNodes(t)
  const { network, origin, home, edge } = nodes
  const lastSend = () => network.questions.findLast(({ kind, from }) => kind === 'voice:send' && from === 'edge')?.to
  const producerId = await speakAndListen(nodes)
  await edge.links.relay('origin', 'home')
  t.equal(lastSend(), 'home')
  const listener = await openListener(edge.audio, 'listener')
  await listener.consume(producerId)
  const reset = nextEvent(edge.audio, 'reset')
  edge.linking.nodeLost('home')
  await reset
  t.notOk(edge.audio.hasProducer(producerId))
  await edge.links.ensure(producerId, 'origin')
  t.equal(lastSend(), 'origin')

  await edge.links.relay('origin', 'home')
  const produce = async (name: string) => await (await openSpeaker(origin.audio, name)).produce()
  await edge.links.ensure(await produce('bob'), 'origin')
  t.equal(lastSend(), 'home')
  edge.passTime(60_000)
  await edge.links.ensure(await produce('carl'), 'origin')
  t.equal(lastSend(), 'origin')
  t.ok(home.links.size > 0)
})

t.test('a relay that loses a voice says so, and its listeners are reset', async t => {
  const nodes = await openNodes(t)
  const { home, edge } = nodes
  const producerId = await speakAndListen(nodes)
  await edge.links.relay('origin', 'home')
  const listener = await openListener(edge.audio, 'listener')
  await listener.consume(producerId)
  await until(() => listener.packetCount(producerId) > 10)
  const reset = nextEvent(edge.audio, 'reset')
  home.links.nodeLost('origin')
  t.equal(((await reset) as ShowAudioEvents['reset'])[2], 'relay of a voice lost')
  t.notOk(edge.audio.hasProducer(producerId))
  const back = await openListener(edge.audio, 'listener')
  await edge.links.ensure(producerId, 'origin')
  await back.consume(producerId)
  await until(() => back.packetCount(producerId) > 10)
})

t.test('a relay that cannot be reached is not kept, and no node relays for itself', async t => {
  const nodes = await openNodes(t)
  const { network, edge } = nodes
  const producerId = await speakAndListen(nodes)
  await edge.links.relay('origin', 'origin')
  await edge.links.relay('origin', 'edge')
  t.ok(edge.audio.hasProducer(producerId))
  const reset = nextEvent(edge.audio, 'reset')
  await edge.links.relay('origin', 'nobody')
  await reset
  t.notOk(edge.audio.hasProducer(producerId))
  await edge.links.ensure(producerId, 'origin')
  t.match(network.questions.at(-1), { kind: 'voice:send', to: 'origin' })
})
