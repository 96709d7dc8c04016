import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import type { MediaWorker } from '../../../media/media-worker.ts'
import type { WorkerPool } from '../../../media/worker-pool.ts'
import type { BitrateCap } from '../../../media/bitrate-cap.ts'
import { standIn } from './stand-in.ts'

/** Waits until the test continues this operation. The order is the test's. */
export type Delay = (label: string) => Promise<void>

/** Everything that was ever created on the fake workers. */
export interface MediaObjects {
  readonly routers: FakeRouter[]
  readonly transports: FakeTransport[]
  readonly producers: FakeProducer[]
  readonly consumers: FakeConsumer[]
  /** Producers that were admitted: those whose levels are observed. */
  readonly admitted: Set<string>
  /** Callbacks for a producer that exceeds its bit rate, by the producer's id. */
  readonly overBitrate: Map<string, () => void>
  /** All workers; only the last one is alive. */
  readonly workers: MediaWorker[]
}

export interface FakeMedia {
  readonly pool: WorkerPool
  readonly cap: BitrateCap
  readonly objects: MediaObjects
  /** Ends the worker with everything on it, and starts another. Returns the one that died. */
  killWorker(): MediaWorker
}

/** Fake media workers with the life cycles of mediasoup's objects. Every request waits for `delay`. */
export function createFakeMedia(delay: Delay): FakeMedia {
  let idCount = 0
  const objects: MediaObjects = {
    routers: [],
    transports: [],
    producers: [],
    consumers: [],
    admitted: new Set(),
    overBitrate: new Map(),
    workers: []
  }
  const context: FakeContext = { delay, objects, newId: kind => `${kind}-${++idCount}` }
  let current = startWorker(context)
  return {
    objects,
    pool: standIn({ waitForWorker: async () => current.mediaWorker, findLeastLoaded: () => undefined }),
    cap: {
      watch: (producer, _transport, onOver) => {
        objects.overBitrate.set(producer.id, onOver)
      },
      close() {}
    },
    killWorker() {
      const dead = current
      current = startWorker(context)
      dead.worker.closed = true
      for (const router of objects.routers) if (router.worker === dead.worker) router.end('workerclose')
      return dead.mediaWorker
    }
  }
}

interface FakeWorker {
  closed: boolean
}

function startWorker(context: FakeContext): { worker: FakeWorker; mediaWorker: MediaWorker } {
  const worker: FakeWorker = { closed: false }
  const mediaWorker: MediaWorker = {
    index: 0,
    traffic: standIn({ watchFlood() {} }),
    pid: context.objects.workers.length,
    worker: standIn(worker),
    webRtcServer: standIn({}),
    participants: 0,
    consumers: 0,
    async createRouter() {
      await context.delay('create router')
      if (worker.closed) throw new Error('the worker died')
      const router = new FakeRouter(context, worker)
      context.objects.routers.push(router)
      return standIn(router)
    },
    close() {}
  }
  context.objects.workers.push(mediaWorker)
  return { worker, mediaWorker }
}

interface FakeContext {
  delay: Delay
  objects: MediaObjects
  newId(kind: string): string
}

/** The common part of all fake objects. */
class FakeObject extends EventEmitter {
  readonly context: FakeContext
  readonly id: string
  readonly observer = new EventEmitter()
  closed = false

  constructor(context: FakeContext, kind: string) {
    super()
    this.context = context
    this.id = context.newId(kind)
  }

  /** Closes the object at once. `event` is emitted when its owner did not close it. */
  end(event?: string): void {
    if (this.closed) return
    this.closed = true
    if (event) this.emit(event)
    this.observer.emit('close')
  }

  close(): void {
    this.end()
  }

  /** A request to the worker. It fails when the object is closed before the answer. */
  async request(what: string): Promise<void> {
    await this.context.delay(`${what} ${this.id}`)
    if (this.closed) throw new Error(`${this.id} is closed`)
  }
}

export class FakeRouter extends FakeObject {
  readonly rtpCapabilities = { codecs: [], headerExtensions: [] }
  readonly worker: FakeWorker

  constructor(context: FakeContext, worker: FakeWorker) {
    super(context, 'router')
    this.worker = worker
  }

  override end(event?: string): void {
    super.end(event)
    for (const transport of this.context.objects.transports) if (transport.router === this) transport.end('routerclose')
  }

  async createWebRtcTransport(): Promise<FakeTransport> {
    await this.request('create transport on')
    const transport = new FakeTransport(this)
    this.context.objects.transports.push(transport)
    return transport
  }

  async createAudioLevelObserver() {
    const { admitted } = this.context.objects
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
    super(router.context, 'transport')
    this.router = router
  }

  override end(event?: string): void {
    super.end(event)
    const { producers, consumers } = this.context.objects
    for (const object of [...producers, ...consumers]) if (object.transport === this) object.end('transportclose')
  }

  async produce({ paused, appData }: types.ProducerOptions): Promise<FakeProducer> {
    await this.request('produce on')
    const producer = new FakeProducer(this, paused ?? false, appData)
    this.context.objects.producers.push(producer)
    return producer
  }

  async consume({ producerId }: types.ConsumerOptions): Promise<FakeConsumer> {
    await this.request('consume on')
    const producer = this.context.objects.producers.find(({ id }) => id === producerId)
    if (!producer || producer.closed) throw new Error(`there is no ${producerId}`)
    const consumer = new FakeConsumer(this, producer)
    this.context.objects.consumers.push(consumer)
    return consumer
  }
}

export class FakeProducer extends FakeObject {
  score: { score: number }[] = []
  readonly transport: FakeTransport
  readonly appData: types.AppData | undefined
  paused: boolean

  constructor(transport: FakeTransport, paused: boolean, appData: types.AppData | undefined) {
    super(transport.context, 'producer')
    this.transport = transport
    this.paused = paused
    this.appData = appData
  }

  override end(event?: string): void {
    super.end(event)
    for (const consumer of this.context.objects.consumers) if (consumer.producer === this) consumer.end('producerclose')
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
    super(transport.context, 'consumer')
    this.transport = transport
    this.producer = producer
  }

  get producerId(): string {
    return this.producer.id
  }

  async enableTraceEvent(): Promise<void> {}

  async setPreferredLayers(): Promise<void> {}
}
