import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import type { RtpCapabilities } from '../contract/media.ts'
import type { SpeakingLevel } from '../contract/speaking.ts'
import { clientCapabilities } from './client-capabilities.ts'
import type { MediaWorker } from './media-worker.ts'
import { openShowRouter, type ShowRouter } from './show-router.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface ShowRoutersParts {
  pool: WorkerPool
  listenersPerWorker: number
  onLevels(routerId: string, levels: SpeakingLevel[]): void
}

/** The routers of one show: one at first, and more on further workers as its audience grows. */
export class ShowRouters {
  readonly #parts: ShowRoutersParts
  readonly #showRouters: ShowRouter[] = []
  #growing: Promise<void> | null = null
  #isClosed = false
  #rtpCapabilities: RtpCapabilities = {}

  constructor(parts: ShowRoutersParts) {
    this.#parts = parts
  }

  get rtpCapabilities(): RtpCapabilities {
    return this.#rtpCapabilities
  }

  get routers(): types.Router[] {
    return this.#showRouters.map(({ router }) => router)
  }

  /** Returns a router that is open. */
  findOpen(): ShowRouter | undefined {
    return this.#showRouters.find(({ router }) => !router.closed)
  }

  /** Returns the router for the next participant; undefined when the show should `grow` first. */
  findForParticipant(): ShowRouter | undefined {
    const emptiest = this.#showRouters.toSorted((a, b) => a.mediaWorker.participants - b.mediaWorker.participants)[0]
    if (!emptiest || emptiest.mediaWorker.participants < this.#parts.listenersPerWorker) return emptiest
    const further = this.#findFurtherWorker()
    return further && further.participants < emptiest.mediaWorker.participants ? undefined : emptiest
  }

  /**
   * Opens a router on a further worker; simultaneous calls share one. Opens none when the worker dies in the meantime.
   * Throws SHOW_ENDED.
   */
  async grow(): Promise<void> {
    this.#growing ??= this.#openNext().finally(() => {
      this.#growing = null
    })
    await this.#growing
  }

  /** Removes the routers of a dead worker and returns them. */
  removeWorker(deadWorker: MediaWorker): types.Router[] {
    const lost = this.#showRouters.filter(({ mediaWorker }) => mediaWorker === deadWorker)
    for (const showRouter of lost) this.#showRouters.splice(this.#showRouters.indexOf(showRouter), 1)
    return lost.map(({ router }) => router)
  }

  /** May be called twice. */
  close(): void {
    this.#isClosed = true
    for (const router of this.routers) router.close()
    this.#showRouters.length = 0
  }

  async #openNext(): Promise<void> {
    const mediaWorker = this.#findFurtherWorker() ?? (await this.#parts.pool.waitForWorker())
    if (this.#isClosed) throw showEnded()
    try {
      const showRouter = await openShowRouter(mediaWorker, this.#parts.onLevels)
      if (this.#isClosed) {
        showRouter.router.close()
        throw showEnded()
      }
      this.#showRouters.push(showRouter)
      this.#rtpCapabilities = clientCapabilities(showRouter.router)
    } catch (error) {
      if (!mediaWorker.worker.closed) throw error
    }
  }

  #findFurtherWorker(): MediaWorker | undefined {
    return this.#parts.pool.findLeastLoaded(new Set(this.#showRouters.map(({ mediaWorker }) => mediaWorker)))
  }
}

function showEnded(): CodedError {
  return new CodedError('SHOW_ENDED', 'The show has ended.')
}
