import type { CommentBatch, LiveComment, Mention } from '../contract/comments.ts'
import { CodedError } from '../contract/errors.ts'
import type { CommentAnswered } from '../contract/held-comments.ts'
import type { Page } from '../contract/paging.ts'
import type { Person } from '../contract/users.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { CommentsView } from './comments-view.ts'
import type { SendCommand } from './connection.ts'
import { KnownComments } from './known-comments.ts'
import { Outbox } from './outbox.ts'

export interface CommentFeedParts {
  showId: string
  sendCommand: SendCommand
  clock: Clock
  /** Returns the user, as the author of new comments. */
  getAuthor: () => Person
  /** Fetches a page of the history, newest first. */
  fetchPage: (cursor: string | undefined) => Promise<Page<LiveComment>>
  onChange: (change: Partial<CommentsView>) => void
}

/** The comment that a new one replies to, and the people whom its text names with `@` and their name. */
export interface CommentExtras {
  readonly replyTo?: LiveComment | undefined
  readonly mentions?: readonly Mention[]
}

const delays = { firstMs: 2000, maxMs: 30_000 }

/** The comments of a live show: the history by pages, the comments that arrive, and the user's own. */
export class CommentFeed {
  readonly #parts: CommentFeedParts
  readonly #known = new KnownComments()
  readonly #outbox: Outbox
  readonly #backoff: Backoff
  /** Changes with each join, so that responses to requests of an earlier one are ignored. */
  #generation = 0
  #createdCount = 0
  #isLoading = false

  constructor(parts: CommentFeedParts) {
    const { sendCommand, clock, onChange } = parts
    this.#parts = parts
    this.#backoff = createBackoff(delays, clock)
    this.#outbox = new Outbox({
      sendCommand,
      clock,
      onChange: () => this.#update({}),
      onDelivered: comment => {
        this.#known.applyBatch({ comments: [comment], deletedIds: [] })
        this.#update({ lastSentAtMs: clock.nowMs() })
      },
      onRateLimited: retryAfterMs => onChange({ limitedUntilMs: clock.nowMs() + retryAfterMs })
    })
  }

  /** Called after each join: fetches missed comments and sends waiting ones. */
  start(): void {
    this.#generation++
    this.#outbox.resume()
    this.#refresh(this.#generation)
  }

  /** Applies a batch from the server. */
  receive(batch: CommentBatch): void {
    this.#outbox.confirm(batch.comments)
    this.#known.applyBatch(batch)
    this.#update({})
  }

  /** Shows a comment at once and sends it. Resolves when the server has accepted it. */
  async send(text: string, { replyTo, mentions = [] }: CommentExtras): Promise<LiveComment> {
    const { showId, clock, getAuthor } = this.#parts
    const createdAt = clock.nowMs()
    const clientId = [createdAt, this.#createdCount++, Math.floor(clock.random() * 2 ** 32)]
      .map(part => part.toString(36))
      .join('-')
    return await this.#outbox.add({
      id: clientId,
      clientId,
      showId,
      author: getAuthor(),
      text: text.trim(),
      ...(replyTo && { replyTo: { id: replyTo.id, author: replyTo.author, excerpt: replyTo.text } }),
      ...(mentions.length > 0 && { mentions: [...mentions] }),
      createdAt
    })
  }

  /** The hosts have answered a comment that waited. A published one comes with the comments of the show. */
  answered({ clientId, accepted }: CommentAnswered): void {
    if (!accepted) this.#outbox.decline(clientId)
  }

  async retry(clientId: string): Promise<LiveComment> {
    return await this.#outbox.retry(clientId)
  }
  discard(clientId: string): void {
    this.#outbox.discard(clientId)
  }

  async delete(commentId: string): Promise<void> {
    await this.#parts.sendCommand('comment:delete', { commentId })
    this.receive({ comments: [], deletedIds: [commentId] })
  }

  /** Fetches the page before the first comment, if there is one. Never throws; the view reports failures. */
  async loadEarlier(): Promise<void> {
    if (this.#isLoading || !this.#known.hasEarlier) return
    this.#isLoading = true
    this.#update({ history: 'loading' })
    try {
      // Paging that starts from the newest comment takes more than one page to reach an unknown comment.
      while (this.#known.hasEarlier && !this.#known.addEarlierPage(await this.#parts.fetchPage(this.#known.cursor)));
      this.#update({ history: 'idle' })
    } catch {
      this.#update({ history: 'failed' })
    } finally {
      this.#isLoading = false
    }
  }

  close(): void {
    this.#generation++
    this.#backoff.cancel()
    this.#outbox.close()
  }

  async #refresh(generation: number): Promise<void> {
    this.#known.startRefresh()
    if (this.#known.list.length === 0) this.#update({ history: 'loading' })
    try {
      const page = await this.#parts.fetchPage(undefined)
      if (generation !== this.#generation) return
      this.#backoff.reset()
      this.#known.applyNewestPage(page)
      this.#outbox.confirm(page.items)
      this.#update({ history: 'idle' })
    } catch (error) {
      if (generation !== this.#generation) return
      this.#update({ history: 'failed' })
      this.#backoff.schedule(
        () => {
          this.#refresh(generation)
        },
        error instanceof CodedError ? error.retryAfterMs : undefined
      )
    }
  }

  #update(change: Partial<CommentsView>): void {
    this.#parts.onChange({
      list: [...this.#known.list, ...this.#outbox.list],
      hasEarlier: this.#known.hasEarlier,
      ...change
    })
  }
}
