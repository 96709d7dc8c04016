import { errorReply, type OnBug, type Prepared } from '../commands/dispatch.ts'
import type { Store } from '../store/store.ts'

/** A command that waits for its turn, and where its reply goes. Commands of one connection are run in their order. */
export interface Pending {
  connection: object
  command: Prepared
  reply: (document: Uint8Array) => void
}

/**
 * Runs together what arrived together: all of one turn of the event loop shares one commit, so that a hundred writers wait for one
 * write to the disk and not for a hundred. Nobody is answered before that commit, but for readers who come first anyway.
 */
export class GroupCommit {
  readonly #store: Store
  readonly #onBug: OnBug
  #waiting: Pending[] = []

  constructor (store: Store, onBug: OnBug) {
    this.#store = store
    this.#onBug = onBug
  }

  add (pending: Pending): void {
    if (this.#waiting.length === 0) setImmediate(() => this.#run())
    this.#waiting.push(pending)
  }

  #run (): void {
    const all = this.#waiting
    this.#waiting = []
    const writers = new Set<object>()
    const transaction: Pending[] = []
    for (const pending of all) {
      if (pending.command.writes) writers.add(pending.connection)
      // A read that follows a write on its own connection has to see it.
      if (writers.has(pending.connection)) transaction.push(pending)
      else pending.reply(pending.command.run())
    }
    if (transaction.length > 0) this.#runTransaction(transaction)
  }

  #runTransaction (all: readonly Pending[]): void {
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
