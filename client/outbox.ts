import type { LiveComment, SentComment } from '../contract/comments.ts'
import { CodedError } from '../contract/errors.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { ShownComment } from './comments-view.ts'
import type { SendCommand } from './connection.ts'

export interface OutboxParts {
  sendCommand: SendCommand
  clock: Clock
  onChange: () => void
  /** The server has accepted the comment. */
  onDelivered: (comment: LiveComment) => void
  /** The server accepts no comment of this user for `retryAfterMs`. */
  onRateLimited: (retryAfterMs: number) => void
}

interface Outgoing {
  shown: ShownComment
  resolve: (comment: LiveComment) => void
  reject: (error: CodedError) => void
}

const delays = { firstMs: 1000, maxMs: 15_000 }

/**
 * The user's own comments on their way to the server, in order, one at a time. A comment that reaches no server is sent
 * again with the same `clientId`, so that the server creates it once. A rejected comment waits until the user retries
 * or discards it.
 */
export class Outbox {
  readonly #parts: OutboxParts
  readonly #backoff: Backoff
  #outgoing: Outgoing[] = []
  #isSending = false
  #isClosed = false

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.#backoff = createBackoff(delays, parts.clock)
  }

  get list(): ShownComment[] {
    return this.#outgoing.map(({ shown }) => shown)
  }

  /** Adds a comment. Resolves when the server has accepted it, and rejects with the error of the server. */
  async add(comment: LiveComment): Promise<LiveComment> {
    return await new Promise((resolve, reject) => {
      this.#outgoing.push({ shown: { ...comment, state: 'sending', error: null }, resolve, reject })
      this.#parts.onChange()
      this.flush()
    })
  }

  /** Sends a rejected comment again. */
  async retry(clientId: string): Promise<LiveComment> {
    const outgoing = this.#find(clientId)
    if (outgoing?.shown.state !== 'failed') throw new CodedError('NOT_FOUND', 'There is no such comment to send.')
    return await new Promise((resolve, reject) => {
      Object.assign(outgoing, { resolve, reject })
      this.#setState(outgoing, { state: 'sending', error: null })
      this.flush()
    })
  }

  /** Drops a rejected comment, or one that was withdrawn. */
  discard(clientId: string): void {
    this.#outgoing = this.#outgoing.filter(({ shown }) => shown.clientId !== clientId || shown.state === 'sending')
    this.#parts.onChange()
  }

  /**
   * Marks comments as delivered that the server has sent, which may happen before or instead of the acknowledgement.
   */
  confirm(comments: readonly LiveComment[]): void {
    for (const comment of comments) {
      const outgoing = this.#find(comment.clientId)
      if (outgoing && outgoing.shown.author.id === comment.author.id) this.#deliver(outgoing, comment)
    }
  }

  /** Sends waiting comments over a new connection. */
  resume(): void {
    this.#backoff.reset()
    this.#backoff.cancel()
    this.flush()
  }

  /** Stops sending and rejects what is waiting. */
  close(): void {
    this.#isClosed = true
    this.#backoff.cancel()
    const error = new CodedError('NOT_IN_SHOW', 'You are no longer in the show.')
    for (const outgoing of this.#outgoing) if (outgoing.shown.state === 'sending') this.#fail(outgoing, error)
  }

  async flush(): Promise<void> {
    if (this.#isSending) return
    this.#isSending = true
    for (let next = this.#findNext(); next && !this.#isClosed; next = this.#findNext()) {
      if (!(await this.#send(next))) break
    }
    this.#isSending = false
  }

  /** Sends one comment. Returns false when no server could be reached. */
  async #send(outgoing: Outgoing): Promise<boolean> {
    const { clientId, text, replyTo, mentions } = outgoing.shown
    try {
      const { comment } = await this.#parts.sendCommand('comment:send', {
        clientId,
        text,
        ...(replyTo && { replyTo: replyTo.id }),
        ...(mentions && { mentions: mentions.map(({ userId }) => userId) })
      })
      this.#backoff.reset()
      if (comment.held) this.#hold(outgoing, comment)
      else this.#deliver(outgoing, comment)
      return true
    } catch (error) {
      const rejection = error instanceof CodedError ? error : new CodedError('INTERNAL', String(error))
      if (rejection.code === 'UNAVAILABLE' && this.#outgoing.includes(outgoing)) {
        if (!this.#isClosed) {
          this.#backoff.schedule(() => {
            this.flush()
          }, rejection.retryAfterMs)
        }
        return false
      }
      if (rejection.code === 'RATE_LIMITED') this.#parts.onRateLimited(rejection.retryAfterMs ?? 0)
      this.#fail(outgoing, rejection)
      return true
    }
  }

  /** Keeps a comment that waits for the hosts. It is delivered with the comments of the show when they publish it. */
  #hold(outgoing: Outgoing, { held: _held, ...comment }: SentComment): void {
    if (!this.#outgoing.includes(outgoing)) return
    outgoing.shown = { ...comment, state: 'held', error: null }
    this.#parts.onChange()
    outgoing.resolve(comment)
  }

  /** Marks a comment as declined that waited for the hosts. */
  decline(clientId: string): void {
    const outgoing = this.#find(clientId)
    if (outgoing?.shown.state !== 'held') return
    const message = 'The hosts did not publish this comment.'
    this.#setState(outgoing, { state: 'failed', error: { code: 'COMMENT_REFUSED', message } })
  }

  #deliver(outgoing: Outgoing, comment: LiveComment): void {
    if (!this.#outgoing.includes(outgoing)) return
    this.#outgoing = this.#outgoing.filter(other => other !== outgoing)
    this.#parts.onDelivered(comment)
    outgoing.resolve(comment)
  }

  #fail(outgoing: Outgoing, { code, message, issues }: CodedError): void {
    if (!this.#outgoing.includes(outgoing)) return
    this.#setState(outgoing, { state: 'failed', error: { code, message, ...(issues && { issues }) } })
    outgoing.reject(new CodedError(code, message, issues ? { issues } : {}))
  }

  #setState(outgoing: Outgoing, change: Pick<ShownComment, 'state' | 'error'>): void {
    outgoing.shown = { ...outgoing.shown, ...change }
    this.#parts.onChange()
  }

  #findNext(): Outgoing | undefined {
    return this.#outgoing.find(({ shown }) => shown.state === 'sending')
  }

  #find(clientId: string): Outgoing | undefined {
    return this.#outgoing.find(({ shown }) => shown.clientId === clientId)
  }
}
