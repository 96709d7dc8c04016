import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities } from '../contract/media.ts'
import { clientCapabilities } from './client-capabilities.ts'
import type { MediaWorker } from './media-worker.ts'
import type { Level } from './speaking.ts'
import { openShowRouter, type ShowRouter } from './show-router.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface ShowRoutersParts {
  pool: WorkerPool
  listenersPerWorker: number
  onLevels(routerId: string, levels: Level[]): void
}

/** A show's routers: one at first, on further workers as its audience grows. */
export class ShowRouters {
  readonly #parts: ShowRoutersParts
  readonly #open: ShowRouter[] = []
  #growing: Promise<void> | null = null
  #closed = false
  #rtpCapabilities: RtpCapabilities = {}

  constructor(parts: ShowRoutersParts) {
    this.#parts = parts
  }

  get rtpCapabilities(): RtpCapabilities {
    return this.#rtpCapabilities
  }

  get routers(): types.Router[] {
    return this.#open.map(({ router }) => router)
  }

  /** Any that lives. */
  get first(): ShowRouter | undefined {
    return this.#open.find(({ router }) => !router.closed)
  }

  /** Where the next session goes; undefined when the show should `grow` first. */
  roomiest(): ShowRouter | undefined {
    const emptiest = [...this.#open].sort((a, b) => a.mediaWorker.sessions - b.mediaWorker.sessions)[0]
    if (!emptiest || emptiest.mediaWorker.sessions < this.#parts.listenersPerWorker) return emptiest
    const further = this.#furtherWorker()
    return further && further.sessions < emptiest.mediaWorker.sessions ? undefined : emptiest
  }

  /** Opens a router on a further worker; calls at the same time share one. A worker that dies meanwhile adds none. Throws SHOW_ENDED. */
  async grow(): Promise<void> {
    this.#growing ??= this.#openNext().finally(() => {
      this.#growing = null
    })
    await this.#growing
  }

  /** The routers that died with a worker. */
  forget(dead: MediaWorker): types.Router[] {
    const lost = this.#open.filter(({ mediaWorker }) => mediaWorker === dead)
    for (const showRouter of lost) this.#open.splice(this.#open.indexOf(showRouter), 1)
    return lost.map(({ router }) => router)
  }

  /** May be called again. */
  close(): void {
    this.#closed = true
    for (const router of this.routers) router.close()
    this.#open.length = 0
  }

  async #openNext(): Promise<void> {
    const mediaWorker = this.#furtherWorker() ?? (await this.#parts.pool.next())
    if (this.#closed) throw showEnded()
    try {
      const showRouter = await openShowRouter(mediaWorker, this.#parts.onLevels)
      if (this.#closed) {
        showRouter.router.close()
        throw showEnded()
      }
      this.#open.push(showRouter)
      this.#rtpCapabilities = clientCapabilities(showRouter.router)
    } catch (error) {
      if (!mediaWorker.worker.closed) throw error
    }
  }

  #furtherWorker(): MediaWorker | undefined {
    return this.#parts.pool.leastLoaded(new Set(this.#open.map(({ mediaWorker }) => mediaWorker)))
  }
}

function showEnded(): CodedError {
  return new CodedError('SHOW_ENDED', 'The show has ended.')
}
