import type { CommentBatch, LiveComment } from '../contract/comments.ts'
import type { Page } from '../contract/paging.ts'
import type { ShownComment } from './comments-view.ts'

/** Number of comments kept. The oldest are dropped and can be fetched again. */
const maxComments = 1000

/**
 * The comments of a show that this client has received live or loaded from the history. In whatever order batches and
 * pages arrive, it holds each comment once and no deleted comment.
 */
export class KnownComments {
  #list: readonly ShownComment[] = []
  #deletedIds = new Set<string>()
  /** The comments received while the newest page is being fetched. Null when it is not. */
  #receivedDuringRefresh: LiveComment[] | null = null
  #hasEarlier = false
  #cursor: string | undefined

  /** Oldest first. */
  get list(): readonly ShownComment[] {
    return this.#list
  }
  get hasEarlier(): boolean {
    return this.#hasEarlier
  }
  /** Cursor of the page before the first comment. Undefined: start from the newest page. */
  get cursor(): string | undefined {
    return this.#cursor
  }

  /** Adds and removes comments of a batch from the server. */
  applyBatch({ comments, deletedIds }: CommentBatch): void {
    this.#addDeletedIds(deletedIds)
    this.#receivedDuringRefresh?.push(...comments)
    this.#setComments([...this.#list, ...comments])
    if (this.#list.length <= maxComments) return
    this.#list = this.#list.slice(-maxComments)
    this.#hasEarlier = true
    this.#cursor = undefined
  }

  /** Called when the newest page is requested. */
  startRefresh(): void {
    this.#receivedDuringRefresh = []
  }

  /**
   * Applies the newest page. For the time that it covers, the page wins, so that comments deleted while the client was
   * away disappear. Older comments stay only if no comment can be missing in between.
   */
  applyNewestPage({ items, nextCursor }: Page<LiveComment>): void {
    const received = this.#receivedDuringRefresh ?? []
    this.#receivedDuringRefresh = null
    const oldest = items.at(-1)
    const coveredIds = new Set(items.map(({ id }) => id))
    const overlaps = this.#list.some(({ id }) => coveredIds.has(id))
    const older =
      nextCursor !== null && oldest && overlaps
        ? this.#list.filter(({ createdAt }) => createdAt < oldest.createdAt)
        : []
    if (older.length === 0) {
      this.#cursor = nextCursor ?? undefined
      this.#hasEarlier = nextCursor !== null
    }
    this.#setComments([...older, ...items, ...received])
  }

  /** Adds a page before the first comment. Returns whether it contained a new comment. */
  addEarlierPage({ items, nextCursor }: Page<LiveComment>): boolean {
    const countBefore = this.#list.length
    this.#cursor = nextCursor ?? undefined
    this.#hasEarlier = nextCursor !== null
    this.#setComments([...items, ...this.#list])
    return this.#list.length > countBefore
  }

  /**
   * Sorts by creation time, which is the order of the show: the store's clock strictly increases within a show.
   * Comments that were shown before stay the same objects.
   */
  #setComments(comments: readonly LiveComment[]): void {
    const shown = new Map(this.#list.map(comment => [comment.id, comment]))
    const byId = new Map(
      comments.map(comment => [
        comment.id,
        shown.get(comment.id) ?? ({ ...comment, state: 'sent', error: null } as const)
      ])
    )
    for (const id of this.#deletedIds) byId.delete(id)
    this.#list = [...byId.values()]
      .map(comment => this.#withoutDeleted(comment))
      .sort((a, b) => a.createdAt - b.createdAt)
  }

  /** Removes what a reply shows of a comment that was deleted since. */
  #withoutDeleted(comment: ShownComment): ShownComment {
    const { replyTo } = comment
    if (!replyTo?.author || !this.#deletedIds.has(replyTo.id)) return comment
    return { ...comment, replyTo: { id: replyTo.id, author: null, excerpt: '' } }
  }

  #addDeletedIds(ids: readonly string[]): void {
    for (const id of ids) this.#deletedIds.add(id)
    for (const id of this.#deletedIds) {
      if (this.#deletedIds.size <= maxComments) return
      this.#deletedIds.delete(id)
    }
  }
}
