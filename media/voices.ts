import type { types } from 'mediasoup'
import { CodedError } from '../contract/errors.ts'
import { openPipe } from './pipe.ts'
import type { ShowRouter } from './show-router.ts'

/** A producer that may be heard, and the routers it reaches. */
interface Voice {
  readonly producer: types.Producer
  /** Whose it is; null is the song. */
  readonly userId: string | null
  readonly showRouter: ShowRouter
  /** By router id; the promise is kept, so that a thousand listeners arriving at once make one pipe. */
  readonly pipes: Map<string, Promise<void>>
  /** Where pipes come out: the same voice on other routers. */
  readonly ends: Set<types.Producer>
}

/** Everything that can be heard in a show, on whichever of its routers. */
export class Voices {
  readonly #voices = new Map<string, Voice>()

  add(producer: types.Producer, userId: string | null, showRouter: ShowRouter): void {
    this.#voices.set(producer.id, { producer, userId, showRouter, pipes: new Map(), ends: new Set() })
  }

  remove(producerId: string): void {
    this.#voices.delete(producerId)
  }

  has(producerId: string): boolean {
    return this.#voices.has(producerId)
  }

  get size(): number {
    return this.#voices.size
  }

  /** Whether anything can be heard now. */
  get sounds(): boolean {
    for (const { producer } of this.#voices.values()) if (!producer.paused) return true
    return false
  }

  /** Throws NOT_FOUND. */
  demand(producerId: string): { readonly userId: string | null } {
    return this.#find(producerId)
  }

  /** Makes the producer available on that router. Throws NOT_FOUND, also when it goes away meanwhile; UNAVAILABLE. */
  async reach(producerId: string, { router }: ShowRouter): Promise<void> {
    const voice = this.#find(producerId)
    if (voice.showRouter.router === router) return
    const piping = voice.pipes.get(router.id) ?? this.#pipe(voice, router)
    voice.pipes.set(router.id, piping)
    try {
      await piping
    } catch {
      this.#find(producerId)
      throw new CodedError('UNAVAILABLE', "This voice can't be brought here now; try again.")
    }
  }

  /**
   * Resolves when its own worker and every worker it is piped to have done it: from then on not a packet that is
   * still in a pipe comes through. Workers that are gone are silent anyway.
   */
  async setPaused(producer: types.Producer, paused: boolean): Promise<void> {
    await turn(producer, paused)
    const ends = this.#voices.get(producer.id)?.ends ?? []
    await Promise.all([...ends].map(async end => await turn(end, paused)))
  }

  async #pipe(voice: Voice, router: types.Router): Promise<void> {
    const { producer, showRouter, pipes, ends } = voice
    try {
      const end = await openPipe(producer, showRouter.router, router)
      ends.add(end)
      end.observer.once('close', () => {
        ends.delete(end)
        pipes.delete(router.id)
      })
      // It may have been muted or unmuted while the pipe was laid.
      while (!end.closed && end.paused !== producer.paused) await turn(end, producer.paused)
    } catch (error) {
      pipes.delete(router.id)
      throw error
    }
  }

  #find(producerId: string): Voice {
    const voice = this.#voices.get(producerId)
    if (!voice) throw new CodedError('NOT_FOUND', 'There is no such producer.')
    return voice
  }
}

async function turn(producer: types.Producer, paused: boolean): Promise<void> {
  try {
    await (paused ? producer.pause() : producer.resume())
  } catch (error) {
    if (!producer.closed) throw error
  }
}
