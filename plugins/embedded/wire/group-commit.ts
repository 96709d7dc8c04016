import { errorReply, type OnBug, type Prepared } from '../commands/dispatch.ts'
import type { Store } from '../store/store.ts'

/** A command that waits for its turn, and where its reply goes. Commands of one connection are run in their order. */
export interface Pending {
  connection: object
  command: Prepared
  reply: (document: Uint8Array) => void
}

/**
 * Runs together what arrived together: all writes of one turn of the event loop share one commit, so that a hundred writers wait for
 * one write to the disk and not for a hundred, and none is answered before it. A read is answered at once, unless a write of its own
 * connection is waiting, which it has to see.
 */
export class GroupCommit {
  readonly #store: Store
  readonly #onBug: OnBug
  #waiting: Pending[] = []
  readonly #writers = new Set<object>()

  constructor(store: Store, onBug: OnBug) {
    this.#store = store
    this.#onBug = onBug
  }

  add(pending: Pending): void {
    if (!pending.command.writes && !this.#writers.has(pending.connection)) {
      pending.reply(pending.command.run())
      return
    }
    if (this.#waiting.length === 0) setImmediate(() => this.#run())
    this.#waiting.push(pending)
    this.#writers.add(pending.connection)
  }

  #run(): void {
    const all = this.#waiting
    this.#waiting = []
    this.#writers.clear()
    this.#runTransaction(all)
  }

  #runTransaction(all: readonly Pending[]): void {
    const replies: Uint8Array[] = []
    try {
      this.#store.begin()
      for (const { command } of all) replies.push(command.run())
      this.#store.commit()
    } catch (error) {
      for (const { command, reply } of all) reply(errorReply(error, command.request.name, this.#onBug))
      return
    }
    for (const [n, { reply }] of all.entries()) {
      const document = replies[n]
      if (document) reply(document)
    }
  }
}
