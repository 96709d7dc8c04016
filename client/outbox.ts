import type { LiveComment } from '../contract/comments.ts'
import { CodedError } from '../contract/errors.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { Ask } from './connection.ts'
import type { ShownComment } from './comments-view.ts'

export interface OutboxParts {
  ask: Ask
  clock: Clock
  /** Something in it is another way than before. */
  changed: () => void
  /** The server has it. */
  delivered: (comment: LiveComment) => void
  /** The server wants none before `retryAfterMs` are over. */
  limited: (retryAfterMs: number) => void
}

interface Outgoing {
  shown: ShownComment
  resolve: (comment: LiveComment) => void
  reject: (error: CodedError) => void
}

const waits = { firstMs: 1000, longestMs: 15_000 }

/**
 * One's own comments on their way, in order, one at a time. What meets no server is sent again under the same `clientId`, so
 * it is there once however often it was sent; what the server refuses waits for its author to try again or to let it go.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #backoff: Backoff
  #outgoing: Outgoing[] = []
  #sending = false
  #closed = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.#backoff = createBackoff(waits, parts.clock)
  }

  get list(): ShownComment[] {
    return this.#outgoing.map(({ shown }) => shown)
  }

  /** Resolves when the server has it, throws what it refuses it with. */
  async add(comment: LiveComment): Promise<LiveComment> {
    return await new Promise((resolve, reject) => {
      this.#outgoing.push({ shown: { ...comment, state: 'sending', error: null }, resolve, reject })
      this.#parts.changed()
      this.flush()
    })
  }

  /** Tries one again that was refused. */
  async retry(clientId: string): Promise<LiveComment> {
    const outgoing = this.#find(clientId)
    if (outgoing?.shown.state !== 'failed') throw new CodedError('NOT_FOUND', 'There is no such comment to send.')
    return await new Promise((resolve, reject) => {
      Object.assign(outgoing, { resolve, reject })
      this.#mark(outgoing, { state: 'sending', error: null })
      this.flush()
    })
  }

  /** Lets one go that was refused. */
  discard(clientId: string): void {
    this.#outgoing = this.#outgoing.filter(({ shown }) => shown.clientId !== clientId || shown.state !== 'failed')
    this.#parts.changed()
  }

  /** The server said it has these, before or instead of an answer. */
  arrived(comments: readonly LiveComment[]): void {
    for (const comment of comments) {
      const outgoing = this.#find(comment.clientId)
      if (outgoing && outgoing.shown.author.id === comment.author.id) this.#deliver(outgoing, comment)
    }
  }

  /** There is a connection again. */
  resume(): void {
    this.#backoff.worked()
    this.#backoff.stop()
    this.flush()
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#closed = true
    this.#backoff.stop()
    const gone = new CodedError('NOT_IN_SHOW', 'You are not in the show any more.')
    for (const outgoing of this.#outgoing) if (outgoing.shown.state === 'sending') this.#fail(outgoing, gone)
  }

  async flush(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    for (let next = this.#next(); next && !this.#closed; next = this.#next()) {
      if (!(await this.#send(next))) break
    }
    this.#sending = false
  }

  /** Whether there is a server to send the next one to. */
  async #send(outgoing: Outgoing): Promise<boolean> {
    const { clientId, text } = outgoing.shown
    try {
      const { comment } = await this.#parts.ask('comment:send', { clientId, text })
      this.#backoff.worked()
      this.#deliver(outgoing, comment)
      return true
    } catch (error) {
      const refusal = error instanceof CodedError ? error : new CodedError('INTERNAL', String(error))
      if (refusal.code === 'UNAVAILABLE' && this.#outgoing.includes(outgoing)) {
        if (!this.#closed) {
          this.#backoff.again(() => {
            this.flush()
          }, refusal.retryAfterMs)
        }
        return false
      }
      if (refusal.code === 'RATE_LIMITED') this.#parts.limited(refusal.retryAfterMs ?? 0)
      this.#fail(outgoing, refusal)
      return true
    }
  }

  #deliver(outgoing: Outgoing, comment: LiveComment): void {
    if (!this.#outgoing.includes(outgoing)) return
    this.#outgoing = this.#outgoing.filter(other => other !== outgoing)
    this.#parts.delivered(comment)
    outgoing.resolve(comment)
  }

  #fail(outgoing: Outgoing, { code, message }: CodedError): void {
    if (!this.#outgoing.includes(outgoing)) return
    this.#mark(outgoing, { state: 'failed', error: { code, message } })
    outgoing.reject(new CodedError(code, message))
  }

  #mark(outgoing: Outgoing, change: Pick<ShownComment, 'state' | 'error'>): void {
    outgoing.shown = { ...outgoing.shown, ...change }
    this.#parts.changed()
  }

  #next(): Outgoing | undefined {
    return this.#outgoing.find(({ shown }) => shown.state === 'sending')
  }

  #find(clientId: string): Outgoing | undefined {
    return this.#outgoing.find(({ shown }) => shown.clientId === clientId)
  }
}
