import { CodedError } from '../contract/errors.ts'
import { mediasoupRequest } from './mediasoup-errors.ts'

/** Any mediasoup object. */
interface Closable {
  close(): void
}

/** An object to create. Objects of the same name are created one at a time. */
export interface Creation {
  name: string
  /** The object that owns the new one. */
  parent: { readonly closed: boolean }
  /** The part of the payload that mediasoup may refuse, a JSON pointer. */
  path: string
}

/**
 * The mediasoup objects of one participant that the worker is creating right now. A participant may leave or move to
 * another router in the meantime: then the object is closed as soon as it exists.
 */
export class PendingCreations {
  /** Counts calls of `cancelAll`. */
  #generation = 0
  readonly #names = new Set<string>()

  /**
   * Creates an object. `onCreated` takes it over in the same synchronous step as the check that its parent still
   * exists, so that no close can happen in between. Throws CONFLICT when one of this name is being created, UNAVAILABLE
   * when the participant or the parent went away, VALIDATION when mediasoup refuses.
   */
  async create<T extends Closable>(
    { name, parent, path }: Creation,
    request: () => Promise<T>,
    onCreated: (object: T) => void
  ): Promise<T> {
    if (this.#names.has(name)) throw new CodedError('CONFLICT', 'This is already being created.')
    const generation = this.#generation
    const isGone = () => parent.closed || this.#generation !== generation
    this.#names.add(name)
    try {
      const object = await mediasoupRequest(isGone, path, request)
      if (isGone()) {
        object.close()
        throw new CodedError('UNAVAILABLE', 'The audio was closed in the meantime. Try again.')
      }
      onCreated(object)
      return object
    } finally {
      if (this.#generation === generation) this.#names.delete(name)
    }
  }

  /** Closes every pending object as soon as it is created. */
  cancelAll(): void {
    this.#generation++
    this.#names.clear()
  }
}
