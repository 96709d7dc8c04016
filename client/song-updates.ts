import type { SongUpdate } from '../contract/songs.ts'
import { createBackoff } from './backoff.ts'
import type { ShowRoom } from './show-room.ts'
import type { SongUpdateFeedParts, SongUpdateListener } from './song-connection.ts'

/** Delays after a failure to load the code of the connection. */
const delays = { firstMs: 1000, maxMs: 15_000 }

/**
 * The status updates of the user's songs. The connection of a show carries them. Outside of a show, the feed opens a
 * connection of its own while there are listeners, since the server allows each user only a few.
 */
export class SongUpdateFeed {
  readonly #parts: SongUpdateFeedParts
  readonly #listeners = new Set<SongUpdateListener>()
  readonly #rooms = new Set<ShowRoom>()
  #ownConnection: { userId: string; close: () => void } | null = null

  constructor(parts: SongUpdateFeedParts) {
    this.#parts = parts
    parts.account.subscribe(() => this.#updateConnection())
  }

  /** Adds a listener and returns a function that removes it. */
  listen(listener: SongUpdateListener): () => void {
    this.#listeners.add(listener)
    this.#updateConnection()
    return () => {
      this.#listeners.delete(listener)
      this.#updateConnection()
    }
  }

  /** Passes an update from the server to the listeners. */
  readonly receive = (update: SongUpdate): void => {
    for (const { onUpdate } of [...this.#listeners]) onUpdate(update)
  }

  /** Uses the connection of a room while the user is in it. */
  attach(room: ShowRoom): void {
    this.#rooms.add(room)
    this.#updateConnection()
    let { connection } = room.view
    room.subscribe(() => {
      const previous = connection
      connection = room.view.connection
      if (connection === previous) return
      if (connection === 'live') this.#notifyMissed()
      if (connection === 'closed' && this.#rooms.delete(room)) this.#updateConnection()
    })
  }

  #notifyMissed(): void {
    for (const { onMissed } of [...this.#listeners]) onMissed()
  }

  /** Opens or closes the feed's own connection, so that it exists when needed and belongs to the signed-in user. */
  #updateConnection(): void {
    const { user } = this.#parts.account
    const userId = this.#listeners.size > 0 && this.#rooms.size === 0 && user && !user.guest ? user.id : null
    if (this.#ownConnection?.userId === userId) return
    this.#ownConnection?.close()
    this.#ownConnection = userId === null ? null : { userId, close: this.#connect() }
  }

  /**
   * Opens a connection and returns a function that closes it. Its code is loaded on demand: most people never open the
   * library.
   */
  #connect(): () => void {
    const { clock } = this.#parts
    const backoff = createBackoff(delays, clock)
    let close: (() => void) | undefined
    let isClosed = false
    const load = async () => {
      try {
        const { openSongConnection } = await import('./song-connection.ts')
        if (isClosed) return
        close = openSongConnection(this.#parts, { onUpdate: this.receive, onMissed: () => this.#notifyMissed() })
      } catch {
        if (!isClosed) backoff.schedule(load)
      }
    }
    load()
    return () => {
      isClosed = true
      backoff.cancel()
      close?.()
    }
  }
}
