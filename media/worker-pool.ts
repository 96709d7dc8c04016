import { EventEmitter } from 'node:events'
import { CodedError } from '../contract/errors.ts'
import type { MediaLogger } from './media-logger.ts'
import { loadOf, startMediaWorker, type MediaWorker, type WorkerAddress } from './media-worker.ts'

export interface WorkerPoolOptions extends WorkerAddress {
  workers: number
  workerBin: string
  logger: MediaLogger
}

const firstRetryMs = 100
const longestRetryMs = 10_000
/** One that lived so long did not die of how it was started. */
const soundAfterMs = 10_000

/** One worker's place, taken by the next when it dies. */
interface Slot {
  readonly index: number
  worker: MediaWorker | null
  startedAtMs: number
  /** How long to wait before the next start; 0: not at all. */
  waitMs: number
}

/** A worker per core. One that dies is replaced in its place; `died` tells whose shows lost their routers. */
export class WorkerPool extends EventEmitter<{ died: [worker: MediaWorker] }> {
  readonly #options: WorkerPoolOptions
  readonly #slots: readonly Slot[]
  #closed = false
  #waiting: (() => void)[] = []

  private constructor(options: WorkerPoolOptions) {
    super()
    this.#options = options
    this.#slots = Array.from({ length: options.workers }, (_, index) => ({
      index,
      worker: null,
      startedAtMs: 0,
      waitMs: 0
    }))
  }

  /** Starts all workers. Rejects when one can't start. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options)
    try {
      await Promise.all(pool.#slots.map(async slot => await pool.#fill(slot)))
      return pool
    } catch (error) {
      pool.close()
      throw error
    }
  }

  /** Workers that live now. */
  get alive(): MediaWorker[] {
    return this.#slots.map(({ worker }) => worker).filter(worker => worker !== null)
  }

  /** The living worker with the least to do that is not one of these; undefined when there is none. */
  leastLoaded(besides: ReadonlySet<MediaWorker> = new Set()): MediaWorker | undefined {
    return this.alive.filter(worker => !besides.has(worker)).sort((a, b) => loadOf(a) - loadOf(b))[0]
  }

  /** As `leastLoaded`, waiting for a replacement when all have died. Throws UNAVAILABLE once the pool is closed. */
  async next(): Promise<MediaWorker> {
    for (;;) {
      if (this.#closed) throw new CodedError('UNAVAILABLE', 'The server is stopping.')
      const worker = this.leastLoaded()
      if (worker) return worker
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
  }

  /** Ends all workers; may be called again. */
  close(): void {
    this.#closed = true
    for (const slot of this.#slots) {
      slot.worker?.close()
      slot.worker = null
    }
    this.#wake()
  }

  async #fill(slot: Slot): Promise<void> {
    const { port, workerBin } = this.#options
    const started = await startMediaWorker(slot.index, workerBin, {
      ...this.#options,
      port: port === 0 ? 0 : port + slot.index
    })
    if (this.#closed) return started.close()
    slot.worker = started
    slot.startedAtMs = performance.now()
    started.worker.once('died', error => this.#replace(slot, started, error))
    this.#wake()
  }

  #replace(slot: Slot, dead: MediaWorker, error: Error): void {
    this.#options.logger.error({ err: error, pid: dead.pid }, 'a media worker died and is replaced')
    slot.worker = null
    if (performance.now() - slot.startedAtMs > soundAfterMs) slot.waitMs = 0
    this.#refill(slot)
    this.emit('died', dead)
  }

  /** Tries until it works. The first time at once; then the waits grow, so that a broken machine is not kept busy with dying workers. */
  async #refill(slot: Slot): Promise<void> {
    const { waitMs } = slot
    slot.waitMs = Math.min(Math.max(waitMs * 2, firstRetryMs), longestRetryMs)
    if (waitMs > 0) {
      await new Promise<void>(resolve => {
        setTimeout(resolve, waitMs).unref()
      })
    }
    if (this.#closed) return
    try {
      await this.#fill(slot)
    } catch (error) {
      if (this.#closed) return
      this.#options.logger.error({ err: error }, 'a media worker could not be replaced; trying again')
      await this.#refill(slot)
    }
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
