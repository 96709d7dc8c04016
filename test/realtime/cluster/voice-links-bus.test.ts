import pino from 'pino'
import t from 'tap'
import { createPeers } from '../../../realtime/cluster/create-peers.ts'
import { createMemoryCluster } from '../../../realtime/cluster/memory-bus.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { openListener, openSpeaker, rejectionCode, until } from '../../media/test-media.ts'
import { compile } from './fake-peers.ts'
import { openTestNode } from './linked-shows.ts'

t.teardown(closeRtcPeers)

t.test('a node that is cut from the bus hears the voices it receives, and gets no further ones', async t => {
  const cluster = createMemoryCluster()
  const lost: string[] = []
  const network = {
    join(nodeId: string) {
      const bus = cluster.join({ nodeId, address: '127.0.0.1', isDraining: false, load: 0 })
      t.teardown(async () => await bus.close())
      bus.onNodeLost(lostNodeId => lost.push(lostNodeId))
      return createPeers({
        bus,
        compile,
        logger: pino({ level: 'silent' }),
        monotonicMs: () => performance.now()
      })
    }
  }
  const [a, b] = [await openTestNode(t, network, 'a'), await openTestNode(t, network, 'b')]
  const [ann, bob] = [await openSpeaker(a.audio, 'ann'), await openSpeaker(a.audio, 'bob')]
  const [first, second] = [await ann.produce(), await bob.produce()]
  for (const speaker of [ann, bob]) speaker.startTalking()
  t.equal(await rejectionCode(b.links.ensure('unknown', 'a')), 'NOT_FOUND')
  await b.links.ensure(first, 'a')
  const listener = await openListener(b.audio, 'listener')
  await listener.consume(first)
  await until(() => listener.packetCount(first) > 10)

  cluster.cut('b')
  await until(() => lost.includes('b'))
  a.linking.nodeLost('b')
  const before = listener.packetCount(first)
  t.equal(await rejectionCode(b.links.ensure(second, 'a')), 'UNAVAILABLE')
  await until(() => listener.packetCount(first) > before + 50)

  cluster.restore('b')
  await until(async () => (await rejectionCode(b.links.ensure(second, 'a'))) !== 'UNAVAILABLE')
  await listener.consume(second)
  await until(() => listener.packetCount(second) > 10)
  t.equal(a.linking.counts().sending, 1, 'over the same link')
})
