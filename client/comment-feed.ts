import type { CommentBatch, LiveComment } from '../contract/comments.ts'
import type { Person } from '../contract/users.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { CommentsView } from './comments-view.ts'
import type { Ask } from './connection.ts'
import { KnownComments, type HistoryPage } from './known-comments.ts'
import { Outbox } from './outbox.ts'

export interface CommentFeedParts {
  showId: string
  ask: Ask
  clock: Clock
  /** Who comments here. */
  author: () => Person
  /** A page of the history, newest first. */
  fetchPage: (cursor: string | undefined) => Promise<HistoryPage>
  show: (change: Partial<CommentsView>) => void
}

const waits = { firstMs: 2000, longestMs: 30_000 }

/** What is said in a live show: what came before by pages, what comes live, and what one says oneself. */
export class CommentFeed {
  readonly #parts: CommentFeedParts
  readonly #known = new KnownComments()
  readonly #outbox: Outbox
  readonly #backoff: Backoff
  #life = 0
  #made = 0
  #loading = false

  constructor(parts: CommentFeedParts) {
    const { ask, clock, show } = parts
    this.#parts = parts
    this.#backoff = createBackoff(waits, clock)
    this.#outbox = new Outbox({
      ask,
      clock,
      changed: () => this.#show({}),
      delivered: comment => {
        this.#known.take({ comments: [comment], deletedIds: [] })
        this.#show({ lastSentAtMs: clock.nowMs() })
      },
      limited: retryAfterMs => show({ limitedUntilMs: clock.nowMs() + retryAfterMs })
    })
  }

  /** In the show, for the first time or again: fetches what was missed and sends what waits. */
  start(): void {
    this.#life++
    this.#outbox.resume()
    this.#refresh(this.#life)
  }

  /** News of the server. */
  take(batch: CommentBatch): void {
    this.#outbox.arrived(batch.comments)
    this.#known.take(batch)
    this.#show({})
  }

  /** Resolves when the server has it; it is shown at once. */
  async send(text: string): Promise<LiveComment> {
    const { showId, clock, author } = this.#parts
    const createdAt = clock.nowMs()
    const clientId = [createdAt, this.#made++, Math.floor(clock.random() * 2 ** 32)]
      .map(part => part.toString(36))
      .join('-')
    return await this.#outbox.add({ id: clientId, clientId, showId, author: author(), text: text.trim(), createdAt })
  }

  async retry(clientId: string): Promise<LiveComment> {
    return await this.#outbox.retry(clientId)
  }
  discard(clientId: string): void {
    this.#outbox.discard(clientId)
  }

  async delete(commentId: string): Promise<void> {
    await this.#parts.ask('comment:delete', { commentId })
    this.take({ comments: [], deletedIds: [commentId] })
  }

  /** Fetches the page before the first, if there is one. Never throws; what fails is in the view. */
  async loadEarlier(): Promise<void> {
    if (this.#loading || !this.#known.hasEarlier) return
    this.#loading = true
    this.#show({ history: 'loading' })
    try {
      // From the newest it may take more than one page to come to what is not known.
      while (this.#known.hasEarlier && !this.#known.earlier(await this.#parts.fetchPage(this.#known.cursor)));
      this.#show({ history: 'idle' })
    } catch {
      this.#show({ history: 'failed' })
    } finally {
      this.#loading = false
    }
  }

  close(): void {
    this.#life++
    this.#backoff.stop()
    this.#outbox.close()
  }

  async #refresh(life: number): Promise<void> {
    this.#known.refreshing()
    if (this.#known.list.length === 0) this.#show({ history: 'loading' })
    try {
      const page = await this.#parts.fetchPage(undefined)
      if (life !== this.#life) return
      this.#backoff.worked()
      this.#known.refreshed(page)
      this.#outbox.arrived(page.items)
      this.#show({ history: 'idle' })
    } catch {
      if (life !== this.#life) return
      this.#show({ history: 'failed' })
      this.#backoff.again(() => {
        this.#refresh(life)
      })
    }
  }

  #show(change: Partial<CommentsView>): void {
    this.#parts.show({
      list: [...this.#known.list, ...this.#outbox.list],
      hasEarlier: this.#known.hasEarlier,
      ...change
    })
  }
}
