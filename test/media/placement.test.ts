import t from 'tap'
import { closeRtcPeers } from './rtc-peer.ts'
import { openListener, openSpeaker, openTestMedia, until, type TestMedia } from './test-media.ts'

t.teardown(closeRtcPeers)

async function participantsPerWorker({ media }: TestMedia): Promise<number[]> {
  return (await media.counts()).workers.map(({ participants }) => participants).sort((a, b) => a - b)
}

async function joinAll({ audio }: TestMedia, count: number, name = 'participant'): Promise<void> {
  await Promise.all(
    Array.from(
      { length: count },
      async (_, n) => await audio.join({ presenceId: `${name} ${n}`, userId: `${name} ${n}` })
    )
  )
}

t.test('a show uses one worker while there is room on it, and then the next', async t => {
  const testMedia = await openTestMedia(t, { workers: 3, listenersPerWorker: 4 })
  await joinAll(testMedia, 4)
  t.same(await participantsPerWorker(testMedia), [0, 0, 4])
  await joinAll(testMedia, 8, 'later')
  t.same(await participantsPerWorker(testMedia), [4, 4, 4])
  t.equal(testMedia.audio.routers.length, 3)
})

t.test('participants who join at the same time do not exceed the limit of a worker', async t => {
  const testMedia = await openTestMedia(t, { workers: 3, listenersPerWorker: 4 })
  await joinAll(testMedia, 12)
  t.same(await participantsPerWorker(testMedia), [4, 4, 4])
  await joinAll(testMedia, 30, 'later')
  t.same(await participantsPerWorker(testMedia), [14, 14, 14], 'full workers are filled evenly')
  t.equal((await testMedia.media.counts()).routers, 3, 'one router on each worker, however many join at once')
})

t.test('a place that becomes free is taken again', async t => {
  const testMedia = await openTestMedia(t, { workers: 2, listenersPerWorker: 2 })
  await joinAll(testMedia, 4)
  testMedia.audio.leave('participant 0')
  testMedia.audio.leave('participant 0')
  t.same(await participantsPerWorker(testMedia), [1, 2])
  await joinAll(testMedia, 1, 'later')
  t.same(await participantsPerWorker(testMedia), [2, 2])
})

t.test('joining twice joins once, also at the same time', async t => {
  const testMedia = await openTestMedia(t)
  const request = { presenceId: 'presence', userId: 'user' }
  const [first, second] = await Promise.all([testMedia.audio.join(request), testMedia.audio.join(request)])
  t.equal(first, second)
  t.equal(await testMedia.audio.join(request), first)
  t.same(await participantsPerWorker(testMedia), [1])
})

t.test('a show opens on the least loaded worker', async t => {
  const testMedia = await openTestMedia(t, { workers: 2 })
  await joinAll(testMedia, 3)
  const another = await testMedia.media.openShow('another')
  await another.join({ presenceId: 'first', userId: 'first' })
  t.same(await participantsPerWorker(testMedia), [1, 3])
})

t.test('listeners on every worker receive every producer, through one pipe for each producer and worker', async t => {
  const testMedia = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const { audio, media, workers } = testMedia
  const [ann, bob] = [await openSpeaker(audio, 'ann'), await openSpeaker(audio, 'bob')]
  t.not(ann.participant.showRouter, bob.participant.showRouter)
  const producerIds = [await ann.produce(), await bob.produce()]
  const listeners = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => await openListener(audio, `listener ${n}`))
  )
  await Promise.all(
    listeners.flatMap(listener => producerIds.map(async producerId => await listener.consume(producerId)))
  )
  ann.startTalking()
  bob.startTalking()
  await until(() => listeners.every(listener => producerIds.every(producerId => listener.packetCount(producerId) > 5)))

  const { transports, producers, consumers } = await media.counts()
  t.equal(producers, 4, 'two producers, each with a pipe end on the other worker')
  t.equal(consumers, 2 + 20)
  t.equal(transports, 2 + 10 + 2, 'both directions share one pair of pipe transports')
  for (const { worker } of workers) t.same((await worker.dump()).routerIds.length, 1)

  await ann.participant.closeProducer()
  await until(async () => (await media.counts()).producers === 2)
  t.equal((await media.counts()).consumers, 1 + 10, 'a pipe closes with its producer')

  const again = await ann.produce()
  await Promise.all(listeners.map(async listener => await listener.consume(again)))
  await until(() => listeners.every(listener => listener.packetCount(again) > 5))
  t.pass('a new producer is piped again')
})

t.test('a consumer on another router than its producer names the user who speaks', async t => {
  const { audio } = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const ann = await openSpeaker(audio, 'ann')
  const bob = await openListener(audio, 'bob')
  const producerId = await ann.produce()
  const { rtpCapabilities } = audio
  t.match(await bob.participant.consume({ producerId, rtpCapabilities }), { producerId, userId: 'ann', kind: 'audio' })
})
