import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import { openPipe } from './pipe.ts'
import type { ShowRouter } from './show-router.ts'

/** A producer that may be heard, and the routers it is piped to. */
interface AudibleProducer {
  readonly producer: types.Producer
  /** The user who speaks; null for the song. */
  readonly userId: string | null
  readonly showRouter: ShowRouter
  /** By router id. Keeps the promise, so that a thousand listeners that arrive at once open one pipe. */
  readonly pipes: Map<string, Promise<void>>
  /** The far ends of its pipes: the producers that represent it on other routers. */
  readonly pipeEnds: Set<types.Producer>
  readonly isSounding: () => boolean
  /** Number of consumers of participants and of links to other nodes. */
  consumers: number
}

/** Is told about producers that can be heard from now on, or no longer. */
export interface ProducersObserver {
  onAdded(producerId: string): void
  onRemoved(producerId: string): void
}

/** All producers of a show that can be heard, on all of its routers. */
export class AudibleProducers {
  readonly #producers = new Map<string, AudibleProducer>()
  readonly #observers = new Set<ProducersObserver>()

  /** `isSounding` tells whether packets of it may arrive now; without it, a producer sounds unless it is paused. */
  add(
    producer: types.Producer,
    userId: string | null,
    showRouter: ShowRouter,
    isSounding: () => boolean = () => !producer.paused
  ): void {
    const pipes = { pipes: new Map(), pipeEnds: new Set<types.Producer>() }
    this.#producers.set(producer.id, { producer, userId, showRouter, ...pipes, isSounding, consumers: 0 })
    for (const { onAdded } of this.#observers) onAdded(producer.id)
  }

  remove(producerId: string): void {
    if (!this.#producers.delete(producerId)) return
    for (const { onRemoved } of this.#observers) onRemoved(producerId)
  }

  /** Tells an observer about changes from now on. Returns a function that ends this. */
  observe(observer: ProducersObserver): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  has(producerId: string): boolean {
    return this.#producers.has(producerId)
  }

  get ids(): string[] {
    return [...this.#producers.keys()]
  }

  get size(): number {
    return this.#producers.size
  }

  /** Whether there is anything to hear. */
  get hasSound(): boolean {
    for (const { isSounding } of this.#producers.values()) if (isSounding()) return true
    return false
  }

  find(producerId: string): Pick<AudibleProducer, 'userId'> | undefined {
    return this.#producers.get(producerId)
  }

  /** Throws NOT_FOUND. `consumers` is counted by those who create them. */
  get(producerId: string): Pick<AudibleProducer, 'userId' | 'consumers'> {
    return this.#get(producerId)
  }

  /** Returns the router on which a producer is. Throws NOT_FOUND. */
  routerOf(producerId: string): types.Router {
    return this.#get(producerId).showRouter.router
  }

  /** Number of consumers that participants on this node and links to other nodes have of a producer. */
  consumersOf(producerId: string): number {
    return this.#producers.get(producerId)?.consumers ?? 0
  }

  /**
   * Makes the producer available on this router. Throws NOT_FOUND, also when the producer closes in the meantime;
   * UNAVAILABLE.
   */
  async pipeTo(producerId: string, { router }: ShowRouter): Promise<void> {
    const entry = this.#get(producerId)
    if (entry.showRouter.router === router) return
    const piping = entry.pipes.get(router.id) ?? this.#openPipe(entry, router)
    entry.pipes.set(router.id, piping)
    try {
      await piping
    } catch {
      this.#get(producerId)
      throw new CodedError('UNAVAILABLE', 'This audio is not available at the moment. Try again.')
    }
  }

  /**
   * Pauses or resumes a producer. Resolves when its own worker and every worker it is piped to have applied it: from
   * then on, packets of a paused producer that are still in a pipe are dropped. Dead workers forward nothing anyway.
   */
  async setPaused(producer: types.Producer, paused: boolean): Promise<void> {
    await setPaused(producer, paused)
    const pipeEnds = this.#producers.get(producer.id)?.pipeEnds ?? []
    await Promise.all([...pipeEnds].map(async pipeEnd => await setPaused(pipeEnd, paused)))
  }

  async #openPipe({ producer, showRouter, pipes, pipeEnds }: AudibleProducer, router: types.Router): Promise<void> {
    try {
      const pipeEnd = await openPipe(producer, showRouter.router, router)
      pipeEnds.add(pipeEnd)
      pipeEnd.observer.once('close', () => {
        pipeEnds.delete(pipeEnd)
        pipes.delete(router.id)
      })
      // The producer may have been muted or unmuted while the pipe was opened.
      while (!pipeEnd.closed && pipeEnd.paused !== producer.paused) await setPaused(pipeEnd, producer.paused)
    } catch (error) {
      pipes.delete(router.id)
      throw error
    }
  }

  #get(producerId: string): AudibleProducer {
    const entry = this.#producers.get(producerId)
    if (!entry) throw new CodedError('NOT_FOUND', 'There is no such producer.')
    return entry
  }
}

async function setPaused(producer: types.Producer, paused: boolean): Promise<void> {
  try {
    await (paused ? producer.pause() : producer.resume())
  } catch (error) {
    if (!producer.closed) throw error
  }
}
