import type { RoomView } from './room-view.ts'

/** Holds the view a page shows: one immutable object, replaced whenever something changed. */
export class ViewStore {
  #view: RoomView
  readonly #listeners = new Set<() => void>()

  constructor(view: RoomView) {
    this.#view = view
  }

  get view(): RoomView {
    return this.#view
  }

  /** Calls back after every change; answers how to stop that. */
  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => {
      this.#listeners.delete(changed)
    }
  }

  /** Takes the next view, or changes some of it. */
  set(change: Partial<RoomView>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of [...this.#listeners]) listener()
  }
}
