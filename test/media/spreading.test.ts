import t from 'tap'
import { closeRtcPeers } from './rtc-peer.ts'
import { openListener, openSpeaker, openStudio, until, type Studio } from './studio.ts'

t.teardown(closeRtcPeers)

async function sessionsPerWorker({ media }: Studio): Promise<number[]> {
  return (await media.counts()).workers.map(({ participants }) => participants).sort((a, b) => a - b)
}

async function crowd({ audio }: Studio, count: number, name = 'person'): Promise<void> {
  await Promise.all(
    Array.from(
      { length: count },
      async (_, n) => await audio.join({ presenceId: `${name} ${n}`, userId: `${name} ${n}` })
    )
  )
}

t.test('a show stays on one worker while there is room, and goes on to the next', async t => {
  const studio = await openStudio(t, { workers: 3, listenersPerWorker: 4 })
  await crowd(studio, 4)
  t.same(await sessionsPerWorker(studio), [0, 0, 4])
  await crowd(studio, 8, 'later')
  t.same(await sessionsPerWorker(studio), [4, 4, 4])
  t.equal(studio.audio.routers.length, 3)
})

t.test('a crowd that comes at once does not overfill a worker', async t => {
  const studio = await openStudio(t, { workers: 3, listenersPerWorker: 4 })
  await crowd(studio, 12)
  t.same(await sessionsPerWorker(studio), [4, 4, 4])
  await crowd(studio, 30, 'later')
  t.same(await sessionsPerWorker(studio), [14, 14, 14], 'when all are full they are filled evenly')
  t.equal((await studio.media.counts()).routers, 3, 'a router for each worker, however many came at once')
})

t.test('a place that gets free is taken again', async t => {
  const studio = await openStudio(t, { workers: 2, listenersPerWorker: 2 })
  await crowd(studio, 4)
  studio.audio.leave('person 0')
  studio.audio.leave('person 0')
  t.same(await sessionsPerWorker(studio), [1, 2])
  await crowd(studio, 1, 'later')
  t.same(await sessionsPerWorker(studio), [2, 2])
})

t.test('joining twice is joining once, also at the same time', async t => {
  const studio = await openStudio(t)
  const session = { presenceId: 'session', userId: 'user' }
  const [one, two] = await Promise.all([studio.audio.join(session), studio.audio.join(session)])
  t.equal(one, two)
  t.equal(await studio.audio.join(session), one)
  t.same(await sessionsPerWorker(studio), [1])
})

t.test('shows begin on the worker with the least to do', async t => {
  const studio = await openStudio(t, { workers: 2 })
  await crowd(studio, 3)
  const another = await studio.media.openShow('another')
  await another.join({ presenceId: 'somebody', userId: 'somebody' })
  t.same(await sessionsPerWorker(studio), [1, 3])
})

t.test('everybody hears everybody, on whichever worker they are, through one pipe a voice and worker', async t => {
  const studio = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  const { audio, media, workers } = studio
  const [ann, bob] = [await openSpeaker(audio, 'ann'), await openSpeaker(audio, 'bob')]
  t.not(ann.participant.showRouter, bob.participant.showRouter)
  const voices = [await ann.speak(), await bob.speak()]
  const listeners = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => await openListener(audio, `listener ${n}`))
  )
  await Promise.all(listeners.flatMap(listener => voices.map(async producerId => await listener.hear(producerId))))
  ann.talk()
  bob.talk()
  await until(() => listeners.every(listener => voices.every(producerId => listener.heard(producerId) > 5)))

  const { transports, producers, consumers } = await media.counts()
  t.equal(producers, 4, 'two voices, each with its end on the other worker')
  t.equal(consumers, 2 + 20)
  t.equal(transports, 2 + 10 + 2, 'both directions share one pair')
  for (const { worker } of workers) t.same((await worker.dump()).routerIds.length, 1)

  await ann.participant.closeProducer()
  await until(async () => (await media.counts()).producers === 2)
  t.equal((await media.counts()).consumers, 1 + 10, 'what was piped closes with its voice')

  const again = await ann.speak()
  await Promise.all(listeners.map(async listener => await listener.hear(again)))
  await until(() => listeners.every(listener => listener.heard(again) > 5))
  t.pass('and is piped anew')
})

t.test('somebody who speaks and listens on different routers is told whose voice it is', async t => {
  const { audio } = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  const ann = await openSpeaker(audio, 'ann')
  const bob = await openListener(audio, 'bob')
  const producerId = await ann.speak()
  const { rtpCapabilities } = audio
  t.match(await bob.participant.consume({ producerId, rtpCapabilities }), { producerId, userId: 'ann', kind: 'audio' })
})
