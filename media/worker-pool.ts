import { EventEmitter } from 'node:events'
import { startMediaWorker, type MediaWorker, type WorkerAddress } from './media-worker.ts'

/** What the media needs of pino. */
export interface MediaLogger {
  debug (data: object, message: string): void
  info (data: object, message: string): void
  error (data: object, message: string): void
}

export interface WorkerPoolOptions extends WorkerAddress {
  workers: number
  workerBin: string
  logger: MediaLogger
}

const firstRetryMs = 100
const longestRetryMs = 10_000

/** A worker per core. One that dies is replaced in its place; `died` tells whose shows lost their routers. */
export class WorkerPool extends EventEmitter<{ died: [worker: MediaWorker] }> {
  readonly #options: WorkerPoolOptions
  readonly #slots: (MediaWorker | null)[]
  #closed = false
  #waiting: (() => void)[] = []

  private constructor (options: WorkerPoolOptions) {
    super()
    this.#options = options
    this.#slots = Array.from({ length: options.workers }, () => null)
  }

  /** Starts all workers. Rejects when one can't start. */
  static async start (options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options)
    try {
      await Promise.all(pool.#slots.map(async (_, slot) => await pool.#fill(slot)))
      return pool
    } catch (error) {
      pool.close()
      throw error
    }
  }

  /** Workers that live now. */
  get alive (): MediaWorker[] {
    return this.#slots.filter(worker => worker !== null)
  }

  /** The living worker with the fewest sessions that is not one of these; undefined when there is none. */
  leastLoaded (besides: ReadonlySet<MediaWorker> = new Set()): MediaWorker | undefined {
    return this.alive.filter(worker => !besides.has(worker)).sort((a, b) => a.load - b.load)[0]
  }

  /** As `leastLoaded`, waiting for a replacement when all have died. Rejects once the pool is closed. */
  async next (): Promise<MediaWorker> {
    for (;;) {
      if (this.#closed) throw new Error('the media is closed')
      const worker = this.leastLoaded()
      if (worker) return worker
      await new Promise<void>(resolve => { this.#waiting.push(resolve) })
    }
  }

  /** Ends all workers; may be called again. */
  close (): void {
    this.#closed = true
    for (const worker of this.alive) worker.close()
    this.#wake()
  }

  async #fill (slot: number): Promise<void> {
    const { port, workerBin } = this.#options
    const worker = await startMediaWorker(workerBin, { ...this.#options, port: port === 0 ? 0 : port + slot })
    if (this.#closed) return worker.close()
    this.#slots[slot] = worker
    worker.worker.once('died', error => this.#replace(slot, worker, error))
    this.#wake()
  }

  #replace (slot: number, dead: MediaWorker, error: Error): void {
    this.#slots[slot] = null
    this.#options.logger.error({ err: error, pid: dead.pid }, 'a media worker died and is replaced')
    this.emit('died', dead)
    this.#refill(slot, firstRetryMs)
  }

  /** Tries until it works; the waits grow, so that a broken machine is not kept busy with dying workers. */
  async #refill (slot: number, waitMs: number): Promise<void> {
    try {
      await this.#fill(slot)
    } catch (error) {
      if (this.#closed) return
      this.#options.logger.error({ err: error }, 'a media worker could not be replaced; trying again')
      setTimeout(() => { this.#refill(slot, Math.min(waitMs * 2, longestRetryMs)) }, waitMs).unref()
    }
  }

  #wake (): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
