import type { PlaylistItem } from '../contract/playback.ts'
import type { Playlist } from '../contract/playlist.ts'
import {
  applyChange,
  invertChange,
  isApplicable,
  positionAfter,
  replaceIds,
  type PlaylistChange
} from './playlist-changes.ts'

const maxUndoSteps = 100

/** A move of items that another editor has removed: the items, and the place behind which they belong. */
export interface LostChange {
  readonly items: readonly PlaylistItem[]
  readonly after: readonly string[]
}

/** The saved playlist with the unsaved changes of one editor, and the changes that undo them. */
export class PlaylistDraft {
  #saved: Playlist | null = null
  #unsavedChanges: readonly PlaylistChange[] = []
  #undoSteps: readonly (readonly PlaylistChange[])[] = []
  #insertedCount = 0

  /** The playlist as the server last returned it. Null until it is loaded. */
  get saved(): Playlist | null {
    return this.#saved
  }

  /** The saved items with the unsaved changes. */
  get items(): readonly PlaylistItem[] {
    return this.#unsavedChanges.reduce(applyChange, this.#saved?.items ?? [])
  }

  get unsavedCount(): number {
    return this.#unsavedChanges.length
  }

  get canUndo(): boolean {
    return this.#undoSteps.length > 0
  }

  /** Inserts new items after an item. Null is the beginning. Default: the end. */
  insert(items: readonly Omit<PlaylistItem, 'id'>[], after: string | null = this.items.at(-1)?.id ?? null): void {
    this.#insertBehind(items, positionAfter(this.items, after))
  }

  /** Inserts the items of lost changes again, where these would have put them. */
  insertLost(lost: readonly LostChange[]): void {
    for (const { items, after } of lost) this.#insertBehind(items, after)
  }

  remove(ids: readonly string[]): void {
    this.#change({ type: 'remove', ids })
  }

  /** Moves items after another item. Null is the beginning. */
  move(ids: readonly string[], after: string | null): void {
    this.#change({ type: 'move', ids, after: positionAfter(this.items, after) })
  }

  /** Undoes the last change. Returns false when there is none. */
  undo(): boolean {
    const changes = this.#undoSteps.at(-1)
    if (!changes) return false
    this.#undoSteps = this.#undoSteps.slice(0, -1)
    this.#unsavedChanges = [...this.#unsavedChanges, ...changes]
    return true
  }

  /** Drops the unsaved changes. */
  discard(): void {
    this.#unsavedChanges = []
    this.#undoSteps = []
  }

  setSaved(playlist: Playlist): void {
    this.#saved = playlist
  }

  /** Removes the first `changeCount` changes, which are saved, and takes the ids that the server gave to new items. */
  confirm(playlist: Playlist, sentItems: readonly PlaylistItem[], changeCount: number): void {
    const newIds = new Map(
      sentItems.flatMap(({ id }, index) => {
        const newId = playlist.items[index]?.id
        return newId === undefined || newId === id ? [] : [[id, newId] as const]
      })
    )
    const withNewIds = (change: PlaylistChange) => replaceIds(change, newIds)
    this.#unsavedChanges = this.#unsavedChanges.slice(changeCount).map(withNewIds)
    this.#undoSteps = this.#undoSteps.map(step => step.map(withNewIds))
    this.#saved = playlist
  }

  /** Applies the unsaved changes to the list of another editor. Returns the changes that no longer apply. */
  rebase(playlist: Playlist): LostChange[] {
    const before = this.items
    const lost: LostChange[] = []
    const kept: PlaylistChange[] = []
    let items: readonly PlaylistItem[] = playlist.items
    for (const change of this.#unsavedChanges) {
      if (change.type === 'move' && !isApplicable(items, change)) {
        lost.push({ items: before.filter(({ id }) => change.ids.includes(id)), after: change.after })
        continue
      }
      kept.push(change)
      items = applyChange(items, change)
    }
    this.#unsavedChanges = kept
    this.#saved = playlist
    return lost
  }

  #insertBehind(items: readonly Omit<PlaylistItem, 'id'>[], after: readonly string[]): void {
    this.#change({
      type: 'insert',
      items: items.map(item => ({ ...item, id: `new-${++this.#insertedCount}` })),
      after
    })
  }

  #change(change: PlaylistChange): void {
    this.#undoSteps = [...this.#undoSteps, invertChange(this.items, change)].slice(-maxUndoSteps)
    this.#unsavedChanges = [...this.#unsavedChanges, change]
  }
}
