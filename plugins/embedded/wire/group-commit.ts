import { errorReply, type OnInternalError, type PreparedCommand } from '../commands/dispatch.ts'
import type { Store } from '../store/store.ts'

/** A command that waits for its turn. Commands of one connection run in their order. */
export interface PendingCommand {
  connection: object
  command: PreparedCommand
  reply: (document: Uint8Array) => void
}

/**
 * Commits the writes of one turn of the event loop together, so that a hundred writers wait for one write to the disk
 * instead of a hundred. No write is answered before its commit. A read is answered at once, unless a write of the same
 * connection is waiting, which the read has to see.
 */
export class GroupCommit {
  readonly #store: Store
  readonly #onInternalError: OnInternalError
  #waiting: PendingCommand[] = []
  readonly #writers = new Set<object>()

  constructor(store: Store, onInternalError: OnInternalError) {
    this.#store = store
    this.#onInternalError = onInternalError
  }

  add(pending: PendingCommand): void {
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

  #runTransaction(all: readonly PendingCommand[]): void {
    const replies: Uint8Array[] = []
    try {
      this.#store.begin()
      for (const { command } of all) replies.push(command.run())
      this.#store.commit()
    } catch (error) {
      for (const { command, reply } of all) reply(errorReply(error, command.request.name, this.#onInternalError))
      return
    }
    for (const [n, { reply }] of all.entries()) {
      const document = replies[n]
      if (document) reply(document)
    }
  }
}
