import type { Ambient, ProposedSong, ProposedSongs, Song, SongMetadata } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'
import { ExpiryTimer, isExpired } from '../metadata/expiry.ts'

/** Maximum number of items of one request, as in contract/paging.ts. */
const pageSize = 100
/** Later pages hold old songs, and are loaded once the newer ones have no proposals any more. */
const maxPages = 5

/** Songs with proposals, as they are known. */
export interface ProposedSongsView {
  /** The songs by id, each with its best proposal. */
  songs: ReadonlyMap<string, ProposedSong>
  /** The songs that the repositories were asked for; null until it is known. */
  progress: ProposedSongs['progress'] | null
  error: string | null
  /** Whether the songs were loaded, or could not be. */
  isSettled: boolean
}

interface ProposedSongsParts {
  list: Ambient['metadata']['list']
  get: Ambient['metadata']['get']
  onChange: Ambient['metadata']['onChange']
  /** Pause before changes are loaded, and between requests for single songs, ms. */
  pauseMs?: number
  /** Minimum time between loads of the first page while changes come, ms. */
  reloadEveryMs?: number
}

/**
 * The user's songs with proposals. Follows changes while somebody subscribes. An import changes thousands of songs:
 * changes take at most one request per second for songs whose row is shown, and one for the first page every ten.
 */
export class ProposedSongList {
  readonly #parts: ProposedSongsParts
  readonly #listeners = new Set<() => void>()
  #view: ProposedSongsView = { songs: new Map(), progress: null, error: null, isSettled: false }
  #stop: (() => void) | null = null
  /** Number of rows that show a song. */
  readonly #shown = new Map<string, number>()
  /** Songs on the screen that changed and are not loaded yet. */
  readonly #changed = new Set<string>()
  #changedTimer: ReturnType<typeof setTimeout> | undefined
  #reloadTimer: ReturnType<typeof setTimeout> | undefined
  #refreshTimer: ReturnType<typeof setTimeout> | undefined
  readonly #expiry = new ExpiryTimer(nowMs => this.#dropExpired(nowMs))
  #reloadedAt = -Infinity
  #isRefreshing = false
  /** Counts loads: the answer to an older load is dropped. */
  #loads = 0
  /** Songs that were settled since the last load began: its answer may be older. */
  readonly #settled = new Map<string, ProposedSong | null>()

  constructor(parts: ProposedSongsParts) {
    this.#parts = parts
  }

  get view(): ProposedSongsView {
    return this.#view
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (!this.#stop) {
      this.#stop = this.#parts.onChange(
        update => this.#songChanged(update),
        () => this.#refreshSoon()
      )
      this.refresh()
    }
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#stop?.()
      this.#stop = null
      for (const timer of [this.#changedTimer, this.#reloadTimer, this.#refreshTimer]) clearTimeout(timer)
      this.#changedTimer = this.#reloadTimer = this.#refreshTimer = undefined
      this.#changed.clear()
      this.#expiry.stop()
    }
  }

  /** Names a song whose row is on the screen: its changes are loaded. Returns a function that ends that. */
  readonly show = (songId: string): (() => void) => {
    this.#shown.set(songId, (this.#shown.get(songId) ?? 0) + 1)
    return () => {
      const count = (this.#shown.get(songId) ?? 0) - 1
      if (count > 0) this.#shown.set(songId, count)
      else this.#shown.delete(songId)
    }
  }

  /** Loads the songs with proposals. */
  readonly refresh = async (): Promise<void> => {
    this.#isRefreshing = true
    await this.#load(async () => {
      const songs = new Map<string, ProposedSong>()
      let progress: ProposedSongs['progress'] | null = null
      let cursor: string | null = null
      for (let page = 0; page < maxPages && (page === 0 || cursor !== null); page++) {
        const loaded: ProposedSongs = await this.#parts.list({ limit: pageSize, ...(cursor !== null && { cursor }) })
        for (const item of loaded.items) songs.set(item.song.id, item)
        progress = loaded.progress
        cursor = loaded.nextCursor
      }
      return { songs, progress }
    })
  }

  /** Loads the newest songs with proposals, and the progress, unless that was done a moment ago: then later. */
  readonly reloadSoon = (): void => {
    const waitMs = this.#reloadedAt + (this.#parts.reloadEveryMs ?? 10_000) - performance.now()
    this.#reloadTimer ??= setTimeout(
      () => {
        this.#reloadTimer = undefined
        // A load of all pages goes on, and has read some of them before.
        if (this.#isRefreshing) this.reloadSoon()
        else this.#reload()
      },
      Math.max(waitMs, this.#parts.pauseMs ?? 1000)
    )
  }

  /** Takes over what the server answered about a song. */
  settle({ song, proposals: [best] }: SongMetadata): void {
    this.#settle(song.id, best && !isExpired(best, Date.now()) ? { song, proposal: best } : null)
  }

  #songChanged({ songId, proposals }: { songId: string; proposals: number }): void {
    this.reloadSoon()
    if (proposals === 0) {
      this.#changed.delete(songId)
      this.#settle(songId, null)
    } else if (this.#shown.has(songId)) {
      this.#changed.add(songId)
      this.#loadChangedSoon()
    }
  }

  #loadChangedSoon(): void {
    this.#changedTimer ??= setTimeout(async () => {
      const [songId] = this.#changed
      if (songId !== undefined) {
        this.#changed.delete(songId)
        // After a failure, the next load of the first page has the song.
        const metadata = this.#shown.has(songId) ? await this.#parts.get(songId).catch(() => null) : null
        if (metadata && this.#stop) this.settle(metadata)
      }
      this.#changedTimer = undefined
      if (this.#stop && this.#changed.size > 0) this.#loadChangedSoon()
    }, this.#parts.pauseMs ?? 1000)
  }

  async #reload(): Promise<void> {
    this.#reloadedAt = performance.now()
    const changed = [...this.#changed]
    await this.#load(async () => {
      const { items, nextCursor, progress } = await this.#parts.list({ limit: pageSize })
      const last = items.at(-1)?.song
      const older = [...this.#view.songs.values()].filter(({ song }) => !last || isNewer(last, song))
      const songs = new Map([...items, ...(nextCursor === null ? [] : older)].map(item => [item.song.id, item]))
      for (const songId of changed) if (items.some(({ song }) => song.id === songId)) this.#changed.delete(songId)
      return { songs, progress }
    })
  }

  #refreshSoon(): void {
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = undefined
      this.refresh()
    }, this.#parts.pauseMs ?? 1000)
  }

  async #load(load: () => Promise<Pick<ProposedSongsView, 'songs' | 'progress'>>): Promise<void> {
    const number = ++this.#loads
    this.#settled.clear()
    try {
      const loaded = await load()
      if (number !== this.#loads) return
      const songs = new Map(loaded.songs)
      for (const [songId, item] of this.#settled) put(songs, songId, item)
      for (const [songId, { proposal }] of songs) if (isExpired(proposal, Date.now())) songs.delete(songId)
      this.#update({ ...loaded, songs, error: null, isSettled: true })
    } catch (error) {
      if (number === this.#loads) this.#update({ ...this.#view, error: errorMessage(error), isSettled: true })
    } finally {
      if (number === this.#loads) this.#isRefreshing = false
    }
  }

  /** Removes proposals that may not be shown any longer, and loads what their songs have now. */
  #dropExpired(nowMs: number): void {
    const expired = [...this.#view.songs].filter(([, { proposal }]) => isExpired(proposal, nowMs))
    for (const [songId] of expired) {
      this.#settled.set(songId, null)
      if (this.#shown.has(songId)) this.#changed.add(songId)
    }
    const songs = new Map([...this.#view.songs].filter(([, { proposal }]) => !isExpired(proposal, nowMs)))
    this.#update({ ...this.#view, songs })
    if (this.#changed.size > 0) this.#loadChangedSoon()
  }

  #settle(songId: string, item: ProposedSong | null): void {
    this.#settled.set(songId, item)
    const songs = new Map(this.#view.songs)
    put(songs, songId, item)
    this.#update({ ...this.#view, songs })
  }

  #update(view: ProposedSongsView): void {
    this.#view = view
    if (this.#stop) this.#expiry.watch([...view.songs.values()].map(({ proposal }) => proposal))
    for (const listener of [...this.#listeners]) listener()
  }
}

/** Puts a song at its place, newest first; null removes it. */
function put(songs: Map<string, ProposedSong>, songId: string, item: ProposedSong | null): void {
  if (!item || songs.has(songId)) {
    if (item) songs.set(songId, item)
    else songs.delete(songId)
    return
  }
  const older = [...songs].filter(([, { song }]) => isNewer(item.song, song))
  for (const [id] of older) songs.delete(id)
  for (const [id, present] of [[songId, item] as const, ...older]) songs.set(id, present)
}

const isNewer = (a: Song, b: Song): boolean => (a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt)
