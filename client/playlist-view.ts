import type { CodedError } from '../contract/errors.ts'
import type { PlaylistItem } from '../contract/playback.ts'
import type { EditingHost } from '../contract/playlist.ts'
import type { Person } from '../contract/users.ts'

/** A playlist as its editor shows it. A new object after each change. */
export interface PlaylistView {
  /** Includes changes that are not saved yet. Null until the playlist is loaded. */
  readonly items: readonly PlaylistItem[] | null
  /** `retrying`: the editor tries again by itself. `failed`: it waits for `retry`, `discard` or another change. */
  readonly state: 'loading' | 'saved' | 'saving' | 'retrying' | 'failed'
  /** The reason for `retrying` or `failed`. */
  readonly error: CodedError | null
  /**
   * Set when another editor changed the playlist while this one had unsaved changes, or removed the item that this one
   * held. The changes are applied to the other's list, except for `lost` changes of items that the other removed.
   * `addAgain` inserts these again. Null after `dismissMerged` and after the next change.
   */
  readonly merged: MergedChanges | null
  readonly canUndo: boolean
  /** The other hosts who edit the playlist of a live show now. */
  readonly editors: readonly EditingHost[]
}

/** A merge with the changes of others: those who have just edited, if this is known, and what it cost. */
export interface MergedChanges {
  readonly lost: number
  readonly lostItems: readonly PlaylistItem[]
  readonly by: readonly Person[]
}
