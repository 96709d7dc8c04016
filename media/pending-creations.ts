import { CodedError } from '../contract/errors.ts'
import { refusable } from './mediasoup-errors.ts'

/** Anything mediasoup makes. */
interface Made {
  close(): void
}

/**
 * What a session is having made in the worker right now. A session may leave or move to another router while that is
 * under way: then the thing is closed the moment it stands, and nobody ever owns it.
 */
export class Making {
  #tenure = 0
  readonly #underWay = new Set<string>()

  /**
   * Makes one thing of a name at a time. `path`: the part of the payload mediasoup may refuse. `keep` takes it over in the same
   * breath in which it is found wanted, so that nothing can come between. Throws CONFLICT, UNAVAILABLE when the session or the parent went away, VALIDATION when mediasoup refuses.
   */
  async make<T extends Made>(
    { name, parent, path }: { name: string; parent: { readonly closed: boolean }; path: string },
    task: () => Promise<T>,
    keep: (made: T) => void
  ): Promise<T> {
    if (this.#underWay.has(name)) throw new CodedError('CONFLICT', 'This is being made already.')
    const tenure = this.#tenure
    const isGone = () => parent.closed || this.#tenure !== tenure
    this.#underWay.add(name)
    try {
      const made = await refusable(isGone, path, task)
      if (isGone()) {
        made.close()
        throw new CodedError('UNAVAILABLE', 'The audio was closed meanwhile; try again.')
      }
      keep(made)
      return made
    } finally {
      if (this.#tenure === tenure) this.#underWay.delete(name)
    }
  }

  /** Nothing that is under way is wanted any more. */
  abandon(): void {
    this.#tenure++
    this.#underWay.clear()
  }
}
