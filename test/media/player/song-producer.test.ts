import { EventEmitter } from 'node:events'
import t from 'tap'
import { AudibleProducers } from '../../../media/audible-producers.ts'
import { SongProducer } from '../../../media/player/song-producer.ts'
import type { ShowRouter } from '../../../media/show-router.ts'

/** A router whose direct transports create producers with `produce`. */
function fakeRouter(produce: () => Promise<FakeProducer>) {
  const transports: FakeTransport[] = []
  const router = {
    closed: false,
    async createDirectTransport() {
      const transport = new FakeTransport(produce)
      transports.push(transport)
      return transport
    }
  }
  const showRouter: unknown = { router }
  return { transports, router, showRouter: showRouter as ShowRouter }
}

class FakeProducer {
  readonly id = 'producer'
  readonly observer = new EventEmitter()
  closed = false

  close(): void {
    this.closed = true
    this.observer.emit('close')
  }
}

class FakeTransport {
  closed = false
  readonly #produce: () => Promise<FakeProducer>
  #producer: FakeProducer | null = null

  constructor(produce: () => Promise<FakeProducer>) {
    this.#produce = produce
  }

  async produce(): Promise<FakeProducer> {
    this.#producer = await this.#produce()
    return this.#producer
  }

  close(): void {
    this.closed = true
    this.#producer?.close()
  }
}

t.test('a transport whose producer cannot be created is closed', async t => {
  const { transports, showRouter } = fakeRouter(async () => {
    throw new Error('refused')
  })
  const producers = new AudibleProducers()
  const producer = new SongProducer({ producers, showRouters: { findOpen: () => showRouter }, ssrc: 1 })
  await t.rejects(producer.open(), /refused/)
  t.equal(producer.id, null)
  t.same(
    transports.map(({ closed }) => closed),
    [true]
  )
})

t.test('a song producer that is closed while it is created leaves nothing open', async t => {
  const creating = Promise.withResolvers<FakeProducer>()
  const { transports, showRouter } = fakeRouter(async () => await creating.promise)
  const producers = new AudibleProducers()
  const producer = new SongProducer({ producers, showRouters: { findOpen: () => showRouter }, ssrc: 1 })
  const opening = producer.open()
  await new Promise(resolve => setImmediate(resolve))
  producer.close()
  producer.close()
  creating.resolve(new FakeProducer())
  t.equal(await opening, null)
  t.equal(producers.size, 0)
  t.same(
    transports.map(({ closed }) => closed),
    [true]
  )
  t.equal(await producer.open(), null)
})

t.test('calls of open at the same time create one producer, and close removes it from the show', async t => {
  const { transports, showRouter } = fakeRouter(async () => new FakeProducer())
  const producers = new AudibleProducers()
  const producer = new SongProducer({ producers, showRouters: { findOpen: () => showRouter }, ssrc: 1 })
  t.same(await Promise.all([producer.open(), producer.open()]), ['producer', 'producer'])
  t.equal(await producer.open(), 'producer')
  t.equal(transports.length, 1)
  t.ok(producers.has('producer'))
  producer.close()
  t.equal(producer.id, null)
  t.equal(producers.size, 0)
  t.ok(transports[0]!.closed)
})
