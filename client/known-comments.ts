import type { CommentBatch, LiveComment } from '../contract/comments.ts'
import type { ShownComment } from './comments-view.ts'

/** So many comments are kept; the oldest are let go and can be fetched again. */
const keepAtMost = 1000

/** A page of the history, newest first; `nextCursor` null on the last. */
export interface HistoryPage {
  items: LiveComment[]
  nextCursor: string | null
}

/**
 * The comments of a show that are known here: what came live, and pages of the history. Each stands there once, and what was
 * deleted stays away, in whatever order the news arrive.
 */
export class KnownComments {
  #list: readonly ShownComment[] = []
  #deleted = new Set<string>()
  /** What came live while the newest page was on its way. */
  #arriving: LiveComment[] | null = null
  #hasEarlier = false
  /** Where the history goes on before the first; undefined: from the newest. */
  #cursor: string | undefined

  /** Oldest first. */
  get list(): readonly ShownComment[] {
    return this.#list
  }
  get hasEarlier(): boolean {
    return this.#hasEarlier
  }
  get cursor(): string | undefined {
    return this.#cursor
  }

  take({ comments, deletedIds }: CommentBatch): void {
    this.#forbid(deletedIds)
    this.#arriving?.push(...comments)
    this.#set([...this.#list, ...comments])
    if (this.#list.length <= keepAtMost) return
    this.#list = this.#list.slice(-keepAtMost)
    this.#hasEarlier = true
    this.#cursor = undefined
  }

  /** The newest page was asked for. */
  refreshing(): void {
    this.#arriving = []
  }

  /**
   * The newest page is there: what it covers is as it says, also what was deleted unseen. Older ones stay when nothing can
   * be missing in between.
   */
  refreshed({ items, nextCursor }: HistoryPage): void {
    const arrived = this.#arriving ?? []
    this.#arriving = null
    const oldest = items.at(-1)
    const covered = new Set(items.map(({ id }) => id))
    const joins = this.#list.some(({ id }) => covered.has(id))
    const older =
      nextCursor !== null && oldest && joins ? this.#list.filter(({ createdAt }) => createdAt < oldest.createdAt) : []
    if (older.length === 0) {
      this.#cursor = nextCursor ?? undefined
      this.#hasEarlier = nextCursor !== null
    }
    this.#set([...older, ...items, ...arrived])
  }

  /** A page before the first is there; answers whether it held anything new. */
  earlier({ items, nextCursor }: HistoryPage): boolean {
    const before = this.#list.length
    this.#cursor = nextCursor ?? undefined
    this.#hasEarlier = nextCursor !== null
    this.#set([...items, ...this.#list])
    return this.#list.length > before
  }

  /** The clock of the store strictly grows within a show, so its times are the order. What was shown stays the same object. */
  #set(comments: readonly LiveComment[]): void {
    const shown = new Map(this.#list.map(comment => [comment.id, comment]))
    const byId = new Map(
      comments.map(comment => [
        comment.id,
        shown.get(comment.id) ?? ({ ...comment, state: 'sent', error: null } as const)
      ])
    )
    for (const id of this.#deleted) byId.delete(id)
    this.#list = [...byId.values()].sort((a, b) => a.createdAt - b.createdAt)
  }

  #forbid(ids: readonly string[]): void {
    for (const id of ids) this.#deleted.add(id)
    for (const id of this.#deleted) {
      if (this.#deleted.size <= keepAtMost) return
      this.#deleted.delete(id)
    }
  }
}
