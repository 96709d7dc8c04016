import type { PlaylistItem } from '../contract/playback.ts'
import type { Playlist, PlaylistEdit } from '../contract/playlist.ts'
import { CodedError } from '../contract/errors.ts'
import { createBackoff, type Backoff } from './backoff.ts'
import { systemClock, type Clock } from './clock.ts'
import {
  behind,
  changed,
  entriesOf,
  inverse,
  isWhatWasSent,
  makesSense,
  renamed,
  type PlaylistChange
} from './playlist-changes.ts'
import type { RoomView } from './room-view.ts'

/** A playlist as its editor sees it; a new object whenever something changed. */
export interface PlaylistView {
  /** With what is not saved yet; null until the first list is there. */
  readonly items: readonly PlaylistItem[] | null
  /** `retrying`: it is tried again by itself; `failed`: only after `retry`, another change, or `discard`. */
  readonly state: 'loading' | 'saved' | 'saving' | 'retrying' | 'failed'
  /** Why it waits or failed. */
  readonly error: CodedError | null
  /** Somebody else changed the list while changes of one's own were not saved: those are on top of it now, but for so many that made no sense any more. */
  readonly merged: { readonly lost: number } | null
  readonly canUndo: boolean
}

export interface PlaylistEditorParts {
  showId: string
  playlists: { get(showId: string): Promise<Playlist>; put(showId: string, edit: PlaylistEdit): Promise<Playlist> }
  /** The live show, where one is in it: tells of others' changes. */
  room?: { readonly view: RoomView; subscribe(changed: () => void): () => void } | null
  clock?: Clock
}

const waits = { firstMs: 1000, longestMs: 30_000 }
/** Of so many refusals in a row each comes of somebody else's change; more are the server's fault. */
const mostConflicts = 8
const rememberedUndos = 100
/** Refusals that another try may not meet. */
const passing: ReadonlySet<string> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'CONFLICT', 'INTERNAL'])

/**
 * Edits a show's playlist: each change is shown at once and saved soon, one save at a time. Others may edit it too: their list is
 * taken, and what is not saved yet is put on top of it. Nothing is given up without being asked.
 */
export class PlaylistEditor {
  readonly #parts: PlaylistEditorParts
  readonly #backoff: Backoff
  readonly #listeners = new Set<() => void>()
  readonly #unfollow: () => void
  #view: PlaylistView = { items: null, state: 'loading', error: null, merged: null, canUndo: false }
  /** The list as the server had it last. */
  #base: Playlist | null = null
  #pending: PlaylistChange[] = []
  #undos: PlaylistChange[][] = []
  /** The newest version that was heard of. */
  #wanted = 0
  #conflicts = 0
  #made = 0
  #running = false
  #closed = false

  constructor(parts: PlaylistEditorParts) {
    this.#parts = parts
    this.#backoff = createBackoff(waits, parts.clock ?? systemClock)
    const { room } = parts
    this.#unfollow = room?.subscribe(() => this.#hear(room.view.room?.playlistVersion ?? 0)) ?? (() => {})
    this.#run()
  }

  get view(): PlaylistView {
    return this.#view
  }

  /** Calls back after every change of `view`; answers how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Puts something new after an item; at the end when none is named, null for the beginning. */
  insert(items: readonly Omit<PlaylistItem, 'id'>[], after: string | null = this.#items.at(-1)?.id ?? null): void {
    this.#change([
      {
        type: 'insert',
        items: items.map(item => ({ ...item, id: `new-${++this.#made}` })),
        after: behind(this.#items, after)
      }
    ])
  }

  remove(ids: readonly string[]): void {
    this.#change([{ type: 'remove', ids }])
  }

  /** Puts items after another; null for the beginning. */
  move(ids: readonly string[], after: string | null): void {
    this.#change([{ type: 'move', ids, after: behind(this.#items, after) }])
  }

  /** Takes the last change of one's own back; what others did stays. */
  undo(): void {
    const back = this.#undos.pop()
    if (back) this.#apply(back)
  }

  /** Tries now what waits or failed. */
  retry(): void {
    this.#run()
  }

  /** Gives up what could not be saved. */
  discard(): void {
    this.#pending = []
    this.#undos = []
    this.refresh()
  }

  /** Looks whether the list is another one. */
  refresh(): void {
    this.#wanted = Math.max(this.#wanted, (this.#base?.version ?? 0) + 1)
    this.#run()
  }

  close(): void {
    this.#closed = true
    this.#backoff.stop()
    this.#unfollow()
  }

  get #items(): readonly PlaylistItem[] {
    return this.#pending.reduce(changed, this.#base?.items ?? [])
  }

  #change(changes: readonly PlaylistChange[]): void {
    this.#undos = [...this.#undos, changes.flatMap(change => inverse(this.#items, change))].slice(-rememberedUndos)
    this.#apply(changes)
  }

  #apply(changes: readonly PlaylistChange[]): void {
    this.#pending = [...this.#pending, ...changes]
    this.#show({ merged: null })
    this.#run()
  }

  #hear(version: number): void {
    if (version <= Math.max(this.#wanted, this.#base?.version ?? -1)) return
    this.#wanted = version
    this.#run()
  }

  /** Loads and saves until there is nothing to do. */
  async #run(): Promise<void> {
    if (this.#running || this.#closed) return
    this.#running = true
    this.#backoff.stop()
    try {
      while (!this.#closed && (await this.#step()));
      this.#running = false
      this.#backoff.worked()
      this.#show({ state: 'saved', error: null })
    } catch (error) {
      this.#running = false
      this.#failed(error instanceof CodedError ? error : new CodedError('INTERNAL', String(error)))
    }
  }

  /** The next thing to do; false when there is none. */
  async #step(): Promise<boolean> {
    const base = this.#base
    if (!base || this.#wanted > base.version) await this.#load()
    else if (this.#pending.length > 0) await this.#save(base)
    else return false
    return true
  }

  async #load(): Promise<void> {
    const wanted = this.#wanted
    const playlist = await this.#parts.playlists.get(this.#parts.showId)
    if (this.#wanted === wanted) this.#wanted = playlist.version
    if (this.#base && playlist.version > this.#base.version && this.#pending.length > 0) this.#putOnTop(playlist)
    else this.#take(playlist)
  }

  async #save(base: Playlist): Promise<void> {
    const sent = this.#items
    const count = this.#pending.length
    const entries = entriesOf(sent, base.items)
    if (isWhatWasSent(entries, base.items)) return this.#saved(base, sent, count)
    this.#show({ state: 'saving' })
    try {
      this.#saved(
        await this.#parts.playlists.put(this.#parts.showId, { version: base.version, items: entries }),
        sent,
        count
      )
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'CONFLICT' || ++this.#conflicts > mostConflicts) throw error
      const newer = await this.#parts.playlists.get(this.#parts.showId)
      // An earlier save whose answer was lost.
      if (isWhatWasSent(entries, newer.items)) this.#saved(newer, sent, count)
      else this.#putOnTop(newer)
    }
  }

  /** These changes are on the server; what was new has an id now. */
  #saved(playlist: Playlist, sent: readonly PlaylistItem[], count: number): void {
    const names = new Map(
      sent.flatMap(({ id }, at) => {
        const name = playlist.items[at]?.id
        return name === undefined || name === id ? [] : [[id, name] as const]
      })
    )
    const rename = (change: PlaylistChange) => renamed(change, names)
    this.#conflicts = 0
    this.#pending = this.#pending.slice(count).map(rename)
    this.#undos = this.#undos.map(back => back.map(rename))
    this.#take(playlist)
  }

  /** Somebody else's list comes first, and one's own changes on top of it. */
  #putOnTop(playlist: Playlist): void {
    const before = this.#pending
    this.#pending = []
    let items: readonly PlaylistItem[] = playlist.items
    for (const change of before) {
      if (!makesSense(items, change)) continue
      this.#pending.push(change)
      items = changed(items, change)
    }
    this.#show({ merged: { lost: before.length - this.#pending.length } })
    this.#take(playlist)
  }

  #take(playlist: Playlist): void {
    this.#base = playlist
    this.#show({})
  }

  #failed(fault: CodedError): void {
    if (this.#closed) return
    const isPassing = passing.has(fault.code)
    this.#conflicts = 0
    this.#show({ state: isPassing ? 'retrying' : 'failed', error: fault })
    if (isPassing) {
      this.#backoff.again(() => {
        this.#run()
      }, fault.retryAfterMs)
    }
  }

  #show(change: Partial<PlaylistView>): void {
    if (this.#closed) return
    this.#view = { ...this.#view, ...change, items: this.#base && this.#items, canUndo: this.#undos.length > 0 }
    for (const listener of [...this.#listeners]) listener()
  }
}
