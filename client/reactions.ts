import type { SendCommand } from './connection.ts'
import { Listeners } from './listeners.ts'

/** The number of times to show each emoji now. */
export type ReactionCounts = Readonly<Record<string, number>>

/**
 * The reactions of a live show. Nothing is stored. The user's own reaction is shown at once, and not again when the
 * server counts it.
 */
export class Reactions {
  readonly #sendCommand: SendCommand
  readonly #listeners = new Listeners<[ReactionCounts]>()
  /**
   * The user's own reactions that are shown here and not yet counted by the server, by emoji without selectors: the
   * server completes them.
   */
  readonly #pending = new Map<string, number>()

  constructor(sendCommand: SendCommand) {
    this.#sendCommand = sendCommand
  }

  /** Calls back with each batch. Returns a function that stops that. */
  subscribe(listener: (counts: ReactionCounts) => void): () => void {
    return this.#listeners.add(listener)
  }

  async send(emoji: string): Promise<void> {
    this.#addPending(emoji, 1)
    this.#listeners.notify({ [emoji]: 1 })
    try {
      await this.#sendCommand('reaction:send', { emoji })
    } catch (error) {
      this.#addPending(emoji, -1)
      throw error
    }
  }

  /** Shows a batch from the server, without the user's own reactions. */
  receive(counts: ReactionCounts): void {
    const others: Record<string, number> = {}
    for (const [emoji, count] of Object.entries(counts)) {
      const own = Math.min(this.#pending.get(bare(emoji)) ?? 0, count)
      this.#addPending(emoji, -own)
      if (count > own) others[emoji] = count - own
    }
    if (Object.keys(others).length > 0) this.#listeners.notify(others)
  }

  /** Called when the connection is lost: pending reactions will not be counted. */
  reset(): void {
    this.#pending.clear()
  }

  #addPending(emoji: string, change: number): void {
    const key = bare(emoji)
    const pending = Math.max(0, (this.#pending.get(key) ?? 0) + change)
    if (pending === 0) this.#pending.delete(key)
    else this.#pending.set(key, pending)
  }
}

/** Returns an emoji without its selectors. */
function bare(emoji: string): string {
  return emoji.replaceAll('\ufe0f', '')
}
