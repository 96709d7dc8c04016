/** The functions that an object calls when something happens. */
export class Listeners<Arguments extends unknown[] = []> {
  readonly #listeners = new Set<(...args: Arguments) => void>()

  get size(): number {
    return this.#listeners.size
  }

  /** Adds a listener and returns a function that removes it. */
  add(listener: (...args: Arguments) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Calls all listeners. Listeners may add and remove listeners. */
  notify(...args: Arguments): void {
    for (const listener of [...this.#listeners]) listener(...args)
  }
}
