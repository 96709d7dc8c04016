import { EventEmitter } from 'node:events'
import { CodedError } from '../contract/errors.ts'
import type { MediaLogger } from './media-logger.ts'
import { workerLoad, startMediaWorker, type MediaWorker, type MediaWorkerOptions } from './media-worker.ts'
import { watchAnswers } from './worker-answers.ts'

export interface WorkerPoolOptions extends MediaWorkerOptions {
  workers: number
  workerBin: string
  logger: MediaLogger
}

const minDelayMs = 100
const maxDelayMs = 10_000
/** A worker that ran for this time did not die because of a failure to start. */
const healthyAfterMs = 10_000

/** The place of one worker, taken by its replacement when it dies. */
interface Slot {
  readonly index: number
  worker: MediaWorker | null
  startedAtMs: number
  /** Delay before the next start; 0: none. */
  delayMs: number
}

/**
 * One mediasoup worker per core. Replaces a worker that dies or hangs; `died` names the dead one, which lost all its
 * routers.
 */
export class WorkerPool extends EventEmitter<{ died: [worker: MediaWorker] }> {
  readonly #options: WorkerPoolOptions
  readonly #slots: readonly Slot[]
  #isClosed = false
  #waiters: (() => void)[] = []

  private constructor(options: WorkerPoolOptions) {
    super()
    this.#options = options
    this.#slots = Array.from({ length: options.workers }, (_, index) => ({
      index,
      worker: null,
      startedAtMs: 0,
      delayMs: 0
    }))
  }

  /** Starts all workers. Rejects when one cannot start. */
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

  /**
   * Workers that can take work. A worker can be closed before it is reported dead. Callers that open a router in a loop
   * must wait for its replacement instead of asking again.
   */
  get aliveWorkers(): MediaWorker[] {
    return this.#slots.flatMap(({ worker }) => (worker && !worker.worker.closed ? [worker] : []))
  }

  /** Returns the least loaded live worker that is not in `excluded`. */
  findLeastLoaded(excluded: ReadonlySet<MediaWorker> = new Set()): MediaWorker | undefined {
    return this.aliveWorkers.filter(worker => !excluded.has(worker)).sort((a, b) => workerLoad(a) - workerLoad(b))[0]
  }

  /**
   * Returns the least loaded live worker; waits for a replacement when all are dead. Throws UNAVAILABLE once the pool
   * is closed.
   */
  async waitForWorker(): Promise<MediaWorker> {
    for (;;) {
      if (this.#isClosed) throw new CodedError('UNAVAILABLE', 'The server is stopping.')
      const worker = this.findLeastLoaded()
      if (worker) return worker
      await new Promise<void>(resolve => {
        this.#waiters.push(resolve)
      })
    }
  }

  /** Closes all workers; may be called twice. */
  close(): void {
    this.#isClosed = true
    for (const slot of this.#slots) {
      slot.worker?.close()
      slot.worker = null
    }
    this.#wakeWaiters()
  }

  async #fill(slot: Slot): Promise<void> {
    const { port, workerBin } = this.#options
    const started = await startMediaWorker(slot.index, workerBin, {
      ...this.#options,
      port: port === 0 ? 0 : port + slot.index
    })
    if (this.#isClosed) return started.close()
    slot.worker = started
    slot.startedAtMs = performance.now()
    started.worker.once('died', error => this.#replace(slot, started, error))
    watchAnswers(started.worker, () => this.#kill(started))
    this.#wakeWaiters()
  }

  /** Ends a worker that hangs: it is reported dead then, and replaced. It would ignore gentler signals. */
  #kill({ pid }: MediaWorker): void {
    this.#options.logger.error({ pid }, 'media worker does not answer, killing it')
    process.kill(pid, 'SIGKILL')
  }

  #replace(slot: Slot, deadWorker: MediaWorker, error: Error): void {
    this.#options.logger.error({ err: error, pid: deadWorker.pid }, 'media worker died, starting a replacement')
    slot.worker = null
    if (performance.now() - slot.startedAtMs > healthyAfterMs) slot.delayMs = 0
    this.#refill(slot)
    this.emit('died', deadWorker)
  }

  /**
   * Starts workers until one runs: the first at once, then after growing delays, so that a broken machine is not kept
   * busy with workers that die. The delay belongs to the slot, because a worker that starts and dies soon counts as a
   * failure too: `p-retry` sees only starts that fail.
   */
  async #refill(slot: Slot): Promise<void> {
    const { delayMs } = slot
    slot.delayMs = Math.min(Math.max(delayMs * 2, minDelayMs), maxDelayMs)
    if (delayMs > 0) {
      await new Promise<void>(resolve => {
        setTimeout(resolve, delayMs).unref()
      })
    }
    if (this.#isClosed) return
    try {
      await this.#fill(slot)
    } catch (error) {
      if (this.#isClosed) return
      this.#options.logger.error({ err: error }, 'starting a replacement media worker failed, retrying')
      await this.#refill(slot)
    }
  }

  #wakeWaiters(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const resolve of waiters) resolve()
  }
}
