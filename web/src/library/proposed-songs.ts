import type { Ambient, ProposedSong, ProposedSongs, SongMetadata } from '../../../client/index.ts'
import { errorMessage } from '../errors.ts'

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
  onChange: Ambient['metadata']['onChange']
  /** Delay after which changes are loaded, so that many of them take one request, ms. */
  reloadAfterMs?: number
}

/** The user's songs with proposals. Follows changes while somebody subscribes. */
export class ProposedSongList {
  readonly #parts: ProposedSongsParts
  readonly #listeners = new Set<() => void>()
  #view: ProposedSongsView = { songs: new Map(), progress: null, error: null, isSettled: false }
  #stop: (() => void) | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Counts loads and own changes: the answer to an older load is dropped. */
  #revision = 0

  constructor(parts: ProposedSongsParts) {
    this.#parts = parts
  }

  get view(): ProposedSongsView {
    return this.#view
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (!this.#stop) {
      const reload = () => this.#reloadSoon()
      this.#stop = this.#parts.onChange(reload, reload)
      this.refresh()
    }
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#stop?.()
      this.#stop = null
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  /** Loads the songs with proposals. */
  readonly refresh = async (): Promise<void> => {
    const revision = ++this.#revision
    try {
      const songs = new Map<string, ProposedSong>()
      let progress: ProposedSongs['progress'] | null = null
      let cursor: string | null = null
      for (let page = 0; page < maxPages && (page === 0 || cursor !== null); page++) {
        const loaded: ProposedSongs = await this.#parts.list({ limit: pageSize, ...(cursor !== null && { cursor }) })
        for (const item of loaded.items) songs.set(item.song.id, item)
        progress = loaded.progress
        cursor = loaded.nextCursor
      }
      if (revision === this.#revision) this.#update({ songs, progress, error: null, isSettled: true })
    } catch (error) {
      if (revision === this.#revision) this.#update({ ...this.#view, error: errorMessage(error), isSettled: true })
    }
  }

  /** Takes over what the server answered to an accepted or rejected proposal. */
  settle({ song, proposals: [best] }: SongMetadata): void {
    const songs = new Map(this.#view.songs)
    if (best) songs.set(song.id, { song, proposal: best })
    else songs.delete(song.id)
    // A load that has begun before may answer with the proposal that is gone.
    this.#revision++
    this.#update({ ...this.#view, songs })
    this.#reloadSoon()
  }

  #reloadSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.refresh()
    }, this.#parts.reloadAfterMs ?? 1000)
  }

  #update(view: ProposedSongsView): void {
    this.#view = view
    for (const listener of [...this.#listeners]) listener()
  }
}
