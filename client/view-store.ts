import { Listeners } from './listeners.ts'
import type { RoomView } from './room-view.ts'

/** Holds the view of a room: one immutable object, replaced by each change. */
export class ViewStore {
  #view: RoomView
  readonly #listeners = new Listeners()

  constructor(view: RoomView) {
    this.#view = view
  }

  get view(): RoomView {
    return this.#view
  }

  /** Calls back after each change. Returns a function that stops that. */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** Changes properties of the view. */
  set(change: Partial<RoomView>): void {
    this.#view = { ...this.#view, ...change }
    this.#listeners.notify()
  }
}
