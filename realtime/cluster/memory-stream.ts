/** Entries in order, of which the oldest are dropped above a maximum. A cursor is the number of entries before it. */
export class MemoryStream<T> {
  readonly #maxEntries: number
  readonly #onAppended = new Set<() => void>()
  #entries: T[] = []
  #dropped = 0

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries
  }

  /** The cursor behind the last entry. */
  get end(): number {
    return this.#dropped + this.#entries.length
  }

  get entries(): readonly T[] {
    return this.#entries
  }

  get isRead(): boolean {
    return this.#onAppended.size > 0
  }

  /** Calls the listener after each entry. Returns what removes it. */
  onAppended(listener: () => void): () => void {
    this.#onAppended.add(listener)
    return () => this.#onAppended.delete(listener)
  }

  append(entry: T): void {
    this.#entries.push(entry)
    // Dropped in groups: an array that loses its first entry is copied.
    if (this.#entries.length >= 2 * this.#maxEntries) {
      this.#dropped += this.#entries.length - this.#maxEntries
      this.#entries = this.#entries.slice(-this.#maxEntries)
    }
    for (const listener of this.#onAppended) listener()
  }

  /** Returns the entries behind a cursor that are still stored. */
  after(cursor: number): T[] {
    return this.#entries.slice(Math.max(0, cursor - this.#dropped))
  }

  /** Drops all entries. Cursors stay valid. */
  clear(): void {
    this.#dropped = this.end
    this.#entries = []
  }
}
