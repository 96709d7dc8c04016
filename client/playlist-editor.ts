import type { PlaylistItem } from '../contract/playback.ts'
import type { Playlist, PlaylistAction, PlaylistEdit } from '../contract/playlist.ts'
import { CodedError } from '../contract/errors.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import { systemClock, type Clock } from './clock.ts'
import { Listeners } from './listeners.ts'
import { matchesEntries, positionAfter, toEntries } from './playlist-changes.ts'
import { PlaylistDraft, type LostChange } from './playlist-draft.ts'
import { PlaylistSigns, type EditingRoom } from './playlist-signs.ts'
import type { PlaylistView } from './playlist-view.ts'

export interface PlaylistEditorParts {
  showId: string
  playlists: { get(showId: string): Promise<Playlist>; put(showId: string, edit: PlaylistEdit): Promise<Playlist> }
  /** The room of the live show, if the user has joined it. It reports changes by other editors, and who they are. */
  room?: EditingRoom | null
  clock?: Clock
}

const delays = { firstMs: 1000, maxMs: 30_000 }
/** Conflicts in a row that other editors can cause. More are an error of the server. */
const maxConflicts = 8
/** Maximum delay of a host's sign behind the change that it belongs to. */
const maxSignDelayMs = 1000
/** Errors that another attempt may not meet. */
const retryableCodes: ReadonlySet<string> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'CONFLICT', 'INTERNAL'])

/**
 * Edits the playlist of a show. Each change is shown at once and saved soon, one save at a time. When another editor
 * changes the playlist, this one loads their list and applies its unsaved changes to it. It drops changes only on
 * `discard`, and those that no longer apply.
 */
export class PlaylistEditor {
  readonly #parts: PlaylistEditorParts
  readonly #backoff: Backoff
  readonly #listeners = new Listeners()
  readonly #unsubscribe: () => void
  readonly #signs: PlaylistSigns
  #view: PlaylistView = { items: null, state: 'loading', error: null, merged: null, canUndo: false, editors: [] }
  readonly #draft = new PlaylistDraft()
  #lost: readonly LostChange[] = []
  readonly #nowMs: () => number
  #reportedAtMs = 0
  /** The newest version of the playlist that is known to exist. */
  #latestVersion = 0
  #conflictCount = 0
  #isRunning = false
  #isClosed = false

  constructor(parts: PlaylistEditorParts) {
    this.#parts = parts
    this.#backoff = createBackoff(delays, parts.clock ?? systemClock)
    const { room = null, clock = systemClock } = parts
    this.#nowMs = () => clock.nowMs()
    this.#signs = new PlaylistSigns({ room, clock, onChange: () => this.#onEditors() })
    this.#unsubscribe = room?.subscribe(() => this.#onVersion(room.view.room?.playlistVersion ?? 0)) ?? (() => {})
    this.#run()
  }

  get view(): PlaylistView {
    return this.#view
  }

  /** Calls back after each change of `view`. Returns a function that stops that. */
  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)

  /** Inserts new items after an item. Null is the beginning. Default: the end. */
  insert(items: readonly Omit<PlaylistItem, 'id'>[], after?: string | null): void {
    this.#draft.insert(items, after)
    this.#onChanged('adding')
  }

  remove(ids: readonly string[]): void {
    this.#draft.remove(ids)
    this.#onChanged('removing', ids[0])
  }

  /** Moves items after another item. Null is the beginning. */
  move(ids: readonly string[], after: string | null): void {
    this.#draft.move(ids, after)
    this.#onChanged('moving', ids[0])
  }

  /** Undoes the last change of this editor. Changes by others stay. */
  undo(): void {
    if (this.#draft.undo()) this.#onChanged()
  }

  /** Shows the other hosts that the user is about to change an item, or to add music, until `stopEditing`. */
  startEditing(action: PlaylistAction, itemId: string | null = null): void {
    this.#signs.hold({ itemId: this.#savedId(itemId), action })
  }

  stopEditing(): void {
    this.#signs.release()
  }

  /** Inserts the items again that others removed while the user moved them. */
  addAgain(): void {
    this.#draft.insertLost(this.#lost)
    this.#onChanged('adding')
  }

  /** Takes the report of a merge out of the view. */
  dismissMerged(): void {
    this.#update({ merged: null })
  }

  /** Tries a waiting or failed load or save again now. */
  retry(): void {
    this.#run()
  }

  /** Drops unsaved changes. */
  discard(): void {
    this.#draft.discard()
    this.refresh()
  }

  /** Loads the playlist again. */
  refresh(): void {
    this.#latestVersion = Math.max(this.#latestVersion, (this.#draft.saved?.version ?? 0) + 1)
    this.#run()
  }

  close(): void {
    this.#isClosed = true
    this.#backoff.cancel()
    this.#unsubscribe()
    this.#signs.close()
  }

  /** Shows and saves a change. The other hosts learn of it before it is saved. */
  #onChanged(action?: PlaylistAction, itemId: string | null = null): void {
    if (action) this.#signs.made({ itemId: this.#savedId(itemId), action })
    this.#update({ merged: null })
    this.#run()
  }

  /** Returns the id by which others know an item; null before it is saved. */
  #savedId(itemId: string | null): string | null {
    return this.#draft.saved?.items.some(({ id }) => id === itemId) ? itemId : null
  }

  /** The live show reported a version of the playlist. */
  #onVersion(version: number): void {
    if (version <= Math.max(this.#latestVersion, this.#draft.saved?.version ?? -1)) return
    this.#latestVersion = version
    this.#run()
  }

  /** Loads and saves until there is nothing left to do. */
  async #run(): Promise<void> {
    if (this.#isRunning || this.#isClosed) return
    this.#isRunning = true
    this.#backoff.cancel()
    try {
      while (!this.#isClosed && (await this.#runStep()));
      this.#isRunning = false
      this.#backoff.reset()
      this.#update({ state: 'saved', error: null })
    } catch (error) {
      this.#isRunning = false
      this.#onFailed(error instanceof CodedError ? error : new CodedError('INTERNAL', String(error)))
    }
  }

  /** Loads or saves once. Returns false when there was nothing to do. */
  async #runStep(): Promise<boolean> {
    const { saved } = this.#draft
    if (!saved || this.#latestVersion > saved.version) await this.#load()
    else if (this.#draft.unsavedCount > 0) await this.#save(saved)
    else return false
    return true
  }

  async #load(): Promise<void> {
    const latestVersion = this.#latestVersion
    const playlist = await this.#parts.playlists.get(this.#parts.showId)
    if (this.#latestVersion === latestVersion) this.#latestVersion = playlist.version
    const { saved, unsavedCount } = this.#draft
    if (saved && playlist.version > saved.version && unsavedCount > 0) return this.#rebase(playlist)
    const { heldId } = this.#signs
    const held = saved?.items.find(({ id }) => id === heldId)
    this.#draft.setSaved(playlist)
    if (!saved || !held || playlist.items.some(({ id }) => id === heldId)) return this.#update({})
    this.#signs.release()
    this.#report([{ items: [held], after: positionAfter(saved.items, held.id).slice(1) }])
  }

  async #save(saved: Playlist): Promise<void> {
    const { items: sentItems, unsavedCount: changeCount } = this.#draft
    const entries = toEntries(sentItems, saved.items)
    if (matchesEntries(entries, saved.items)) return this.#onSaved(saved, sentItems, changeCount)
    this.#update({ state: 'saving' })
    try {
      const playlist = await this.#parts.playlists.put(this.#parts.showId, { version: saved.version, items: entries })
      this.#onSaved(playlist, sentItems, changeCount)
    } catch (error) {
      const isConflict = error instanceof CodedError && error.code === 'CONFLICT'
      if (!isConflict || ++this.#conflictCount > maxConflicts) throw error
      const newer = await this.#parts.playlists.get(this.#parts.showId)
      // The list equals the one that was sent if the response to an earlier save was lost.
      if (matchesEntries(entries, newer.items)) this.#onSaved(newer, sentItems, changeCount)
      else this.#rebase(newer)
    }
  }

  #onSaved(playlist: Playlist, sentItems: readonly PlaylistItem[], changeCount: number): void {
    this.#conflictCount = 0
    this.#draft.confirm(playlist, sentItems, changeCount)
    this.#update({})
  }

  #rebase(playlist: Playlist): void {
    this.#report(this.#draft.rebase(playlist))
  }

  /** The sign of the host who caused a merge may arrive a moment after their change. */
  #onEditors(): void {
    const isLate = this.#view.merged?.by.length === 0 && this.#nowMs() - this.#reportedAtMs < maxSignDelayMs
    return isLate ? this.#report(this.#lost) : this.#update({})
  }

  #report(lost: readonly LostChange[]): void {
    this.#reportedAtMs = this.#nowMs()
    this.#lost = lost
    const lostItems = lost.flatMap(({ items }) => items)
    this.#update({ merged: { lost: lost.length, lostItems, by: this.#signs.recentEditors() } })
  }

  #onFailed(error: CodedError): void {
    if (this.#isClosed) return
    const isRetryable = retryableCodes.has(error.code)
    this.#conflictCount = 0
    this.#update({ state: isRetryable ? 'retrying' : 'failed', error })
    if (isRetryable) {
      this.#backoff.schedule(() => {
        this.#run()
      }, error.retryAfterMs)
    }
  }

  #update(change: Partial<PlaylistView>): void {
    if (this.#isClosed) return
    const { saved, items, canUndo } = this.#draft
    this.#view = { ...this.#view, ...change, items: saved && items, canUndo, editors: this.#signs.editors }
    this.#listeners.notify()
  }
}
