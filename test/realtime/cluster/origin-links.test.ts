import { mock } from 'node:test'
import t from 'tap'
import { CodedError } from '../../../contract/errors.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { openSpeaker, rejectionCode } from '../../media/test-media.ts'
import { createFakePeers } from './fake-peers.ts'
import { openTestNode, type TestNode } from './linked-shows.ts'

t.teardown(closeRtcPeers)
t.beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
t.afterEach(() => mock.timers.reset())

const sending = ({ linking }: TestNode) => linking.counts().sending

/** Lets the origin look at its links once, after this time. */
function sweep(origin: TestNode, afterMs: number): void {
  origin.passTime(afterMs)
  mock.timers.tick(10_000)
}

t.test('a link that a listener could not close is closed after 60 s without a voice', async t => {
  const network = createFakePeers()
  const [a, b] = [await openTestNode(t, network, 'a'), await openTestNode(t, network, 'b')]
  const speaker = await openSpeaker(a.audio, 'ann')
  const producerId = await speaker.produce()
  await b.links.ensure(producerId, 'a')
  sweep(a, 100_000)
  t.equal(sending(a), 1, 'it sends a voice')

  network.onQuestion = ({ kind }) => {
    if (kind === 'link:close') throw new CodedError('UNAVAILABLE', 'The bus is away.')
  }
  b.links.close()
  speaker.participant.dropProducer(producerId)
  sweep(a, 59_000)
  t.equal(sending(a), 1)
  sweep(a, 1000)
  t.equal(sending(a), 0)
  t.equal((await a.media.counts()).transports, 1, "the speaker's")
})

t.test('the links of a lost node are closed after 60 s, unless it asks again', async t => {
  const network = createFakePeers()
  const a = await openTestNode(t, network, 'a')
  const [cut, dead] = [await openTestNode(t, network, 'cut'), await openTestNode(t, network, 'dead')]
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await Promise.all([cut, dead].map(async ({ links }) => await links.ensure(producerId, 'a')))
  a.linking.nodeLost('cut')
  a.linking.nodeLost('dead')
  sweep(a, 59_000)
  t.equal(sending(a), 2)
  t.equal(await rejectionCode(cut.links.ensure('unknown', 'a')), 'NOT_FOUND')
  sweep(a, 1000)
  t.equal(sending(a), 1)
  sweep(a, 100_000)
  t.equal(sending(a), 1, 'it has asked again')
  t.ok(cut.audio.hasProducer(producerId))
})

t.test('a show that closes at its origin takes its links with it', async t => {
  const network = createFakePeers()
  const [a, b] = [await openTestNode(t, network, 'a'), await openTestNode(t, network, 'b')]
  const producerId = await (await openSpeaker(a.audio, 'ann')).produce()
  await b.links.ensure(producerId, 'a')
  const told = Promise.withResolvers<unknown>()
  network.onAnswer = question => {
    if (question.kind === 'link:lost') told.resolve(question.body)
  }
  await a.media.closeShow('show')
  t.match(await told.promise, { showId: 'show', remaining: [] })
  t.same([sending(a), b.linking.counts().receiving], [0, 0])
  t.notOk(b.audio.hasProducer(producerId))
})
