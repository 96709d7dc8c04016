import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import type { MediaWorker } from '../../../media/media-worker.ts'
import type { WorkerPool } from '../../../media/worker-pool.ts'
import type { BitrateCap } from '../../../media/bitrate-cap.ts'
import { standIn } from './stand-in.ts'

/** Waits for its turn: whoever made the delay decides in which order. */
export type Delay = (label: string) => Promise<void>

/** Everything that was ever made on the fake workers. */
export interface MediaObjects {
  readonly routers: FakeRouter[]
  readonly transports: FakeTransport[]
  readonly producers: FakeProducer[]
  readonly consumers: FakeConsumer[]
  /** Producers that were let be heard: those whose levels are watched. */
  readonly admitted: Set<string>
  /** What to call when a producer sends too much, by producer. */
  readonly overBitrate: Map<string, () => void>
  /** The worker that lives, and those that died. */
  readonly workers: MediaWorker[]
}

export interface FakeMedia {
  readonly pool: WorkerPool
  readonly cap: BitrateCap
  readonly objects: MediaObjects
  /** The worker dies with everything on it, and another takes its place. */
  killWorker(): MediaWorker
}

/** Stand-ins for media workers: the same lifecycles as mediasoup's objects, and every request takes its time. */
export function createFakeMedia(delay: Delay): FakeMedia {
  let made = 0
  const objects: MediaObjects = {
    routers: [],
    transports: [],
    producers: [],
    consumers: [],
    admitted: new Set(),
    overBitrate: new Map(),
    workers: []
  }
  const world: FakeWorld = { delay, objects, nextId: kind => `${kind}-${++made}` }
  let current = startWorker(world)
  return {
    objects,
    pool: standIn({ waitForWorker: async () => current.mediaWorker, findLeastLoaded: () => undefined }),
    cap: {
      watch: (producer, onOver) => {
        objects.overBitrate.set(producer.id, onOver)
      },
      close() {}
    },
    killWorker() {
      const dead = current
      current = startWorker(world)
      dead.worker.closed = true
      for (const router of objects.routers) if (router.worker === dead.worker) router.end('workerclose')
      return dead.mediaWorker
    }
  }
}

interface FakeWorker {
  closed: boolean
}

function startWorker(world: FakeWorld): { worker: FakeWorker; mediaWorker: MediaWorker } {
  const worker: FakeWorker = { closed: false }
  const mediaWorker: MediaWorker = {
    index: 0,
    traffic: standIn({}),
    pid: world.objects.workers.length,
    worker: standIn(worker),
    webRtcServer: standIn({}),
    participants: 0,
    consumers: 0,
    async createRouter() {
      await world.delay('create router')
      if (worker.closed) throw new Error('the worker died')
      const router = new FakeRouter(world, worker)
      world.objects.routers.push(router)
      return standIn(router)
    },
    close() {}
  }
  world.objects.workers.push(mediaWorker)
  return { worker, mediaWorker }
}

interface FakeWorld {
  delay: Delay
  objects: MediaObjects
  nextId(kind: string): string
}

/** What all of mediasoup's objects have in common. */
class FakeObject extends EventEmitter {
  readonly world: FakeWorld
  readonly id: string
  readonly observer = new EventEmitter()
  closed = false

  constructor(world: FakeWorld, kind: string) {
    super()
    this.world = world
    this.id = world.nextId(kind)
  }

  /** Closing takes effect at once. `event` is what the object says when it was not closed by its owner. */
  end(event?: string): void {
    if (this.closed) return
    this.closed = true
    if (event) this.emit(event)
    this.observer.emit('close')
  }

  close(): void {
    this.end()
  }

  /** A request to the worker: fails when the object is gone by the time it is answered. */
  async request(what: string): Promise<void> {
    await this.world.delay(`${what} ${this.id}`)
    if (this.closed) throw new Error(`${this.id} is closed`)
  }
}

export class FakeRouter extends FakeObject {
  readonly rtpCapabilities = { codecs: [], headerExtensions: [] }
  readonly worker: FakeWorker

  constructor(world: FakeWorld, worker: FakeWorker) {
    super(world, 'router')
    this.worker = worker
  }

  override end(event?: string): void {
    super.end(event)
    for (const transport of this.world.objects.transports) if (transport.router === this) transport.end('routerclose')
  }

  async createWebRtcTransport(): Promise<FakeTransport> {
    await this.request('create transport on')
    const transport = new FakeTransport(this)
    this.world.objects.transports.push(transport)
    return transport
  }

  async createAudioLevelObserver() {
    const { admitted } = this.world.objects
    return Object.assign(new EventEmitter(), {
      async addProducer({ producerId }: { producerId: string }) {
        admitted.add(producerId)
      }
    })
  }

  canConsume(): boolean {
    return true
  }
}

export class FakeTransport extends FakeObject {
  readonly iceParameters = { usernameFragment: '', password: '', iceLite: true }
  readonly iceCandidates = []
  readonly dtlsParameters = { fingerprints: [] }
  readonly router: FakeRouter

  constructor(router: FakeRouter) {
    super(router.world, 'transport')
    this.router = router
  }

  override end(event?: string): void {
    super.end(event)
    const { producers, consumers } = this.world.objects
    for (const made of [...producers, ...consumers]) if (made.transport === this) made.end('transportclose')
  }

  async produce({ paused, appData }: types.ProducerOptions): Promise<FakeProducer> {
    await this.request('produce on')
    const producer = new FakeProducer(this, paused ?? false, appData)
    this.world.objects.producers.push(producer)
    return producer
  }

  async consume({ producerId }: types.ConsumerOptions): Promise<FakeConsumer> {
    await this.request('consume on')
    const producer = this.world.objects.producers.find(({ id }) => id === producerId)
    if (!producer || producer.closed) throw new Error(`there is no ${producerId}`)
    const consumer = new FakeConsumer(this, producer)
    this.world.objects.consumers.push(consumer)
    return consumer
  }
}

export class FakeProducer extends FakeObject {
  readonly transport: FakeTransport
  readonly appData: types.AppData | undefined
  paused: boolean

  constructor(transport: FakeTransport, paused: boolean, appData: types.AppData | undefined) {
    super(transport.world, 'producer')
    this.transport = transport
    this.paused = paused
    this.appData = appData
  }

  override end(event?: string): void {
    super.end(event)
    for (const consumer of this.world.objects.consumers) if (consumer.producer === this) consumer.end('producerclose')
  }

  async pause(): Promise<void> {
    await this.request('pause')
    this.paused = true
  }

  async resume(): Promise<void> {
    await this.request('resume')
    this.paused = false
  }
}

export class FakeConsumer extends FakeObject {
  readonly transport: FakeTransport
  readonly producer: FakeProducer
  readonly rtpParameters = { codecs: [], headerExtensions: [], encodings: [], rtcp: {} }

  constructor(transport: FakeTransport, producer: FakeProducer) {
    super(transport.world, 'consumer')
    this.transport = transport
    this.producer = producer
  }

  get producerId(): string {
    return this.producer.id
  }

  async enableTraceEvent(): Promise<void> {}
}
