import type { Ask } from './connection.ts'

/** How often each emoji is to be shown now. */
export type ReactionCounts = Readonly<Record<string, number>>

/** What people feel, in passing: nothing is kept. One's own is shown at once, and not a second time when the server counts it. */
export class Reactions {
  readonly #ask: Ask
  readonly #listeners = new Set<(counts: ReactionCounts) => void>()
  /** Shown here already, and not yet counted by the server. */
  readonly #ahead = new Map<string, number>()

  constructor(ask: Ask) {
    this.#ask = ask
  }

  /** Calls back with every batch; answers how to stop that. */
  subscribe(listener: (counts: ReactionCounts) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  async send(emoji: string): Promise<void> {
    this.#go(emoji, 1)
    this.#tell({ [emoji]: 1 })
    try {
      await this.#ask('reaction:send', { emoji })
    } catch (error) {
      this.#go(emoji, -1)
      throw error
    }
  }

  take(counts: ReactionCounts): void {
    const others: Record<string, number> = {}
    for (const [emoji, count] of Object.entries(counts)) {
      const mine = Math.min(this.#ahead.get(emoji) ?? 0, count)
      this.#go(emoji, -mine)
      if (count > mine) others[emoji] = count - mine
    }
    if (Object.keys(others).length > 0) this.#tell(others)
  }

  /** The connection is gone: what was not counted will not come. */
  forget(): void {
    this.#ahead.clear()
  }

  #go(emoji: string, by: number): void {
    const ahead = Math.max(0, (this.#ahead.get(emoji) ?? 0) + by)
    if (ahead === 0) this.#ahead.delete(emoji)
    else this.#ahead.set(emoji, ahead)
  }

  #tell(counts: ReactionCounts): void {
    for (const listener of [...this.#listeners]) listener(counts)
  }
}
