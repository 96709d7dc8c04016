import { CodedError } from '../contract/errors.ts'
import type { LiveUpdate, PlayerState } from '../contract/live.ts'
import { createBackoff } from './backoff.ts'
import type { ShowSocket } from './connection.ts'
import { Listeners } from './listeners.ts'
import type { PersonalConnection, PersonalFeedParts, SongUpdateListener } from './personal-connection.ts'
import type { ShowRoom } from './show-room.ts'

/** Delays after a failure to load the code of the connection. */
const delays = { firstMs: 1000, maxMs: 15_000 }

/**
 * News for the user outside of shows too: status and proposals of their songs, live values, and announcements. The
 * connection of a show carries them. Outside of a show, the feed opens a connection of its own while it is needed,
 * since the server allows each user only a few.
 */
export class PersonalFeed {
  readonly #parts: PersonalFeedParts
  readonly #songListeners = new Set<SongUpdateListener>()
  readonly #liveListeners = new Listeners()
  readonly #rooms = new Set<ShowRoom>()
  #ownConnection: { userId: string; close: () => void } | null = null
  /** The own connection once its code is loaded; null without one. */
  #opened: PersonalConnection | null = null
  #isOpenedReady = false
  #live: LiveUpdate | null = null
  /** The song that the user plays outside of a show. */
  #playing: string | null = null

  constructor(parts: PersonalFeedParts) {
    this.#parts = parts
    parts.account.subscribe(() => this.#updateConnection())
  }

  /** The newest live values; null until they are known, and while no connection is open. */
  get live(): LiveUpdate | null {
    return this.#live
  }

  /** Adds a listener of song updates and returns a function that removes it. */
  listen(listener: SongUpdateListener): () => void {
    this.#songListeners.add(listener)
    this.#updateConnection()
    return () => {
      this.#songListeners.delete(listener)
      this.#updateConnection()
    }
  }

  /** Calls back when the live values change, and returns a function that stops that. Keeps a connection open. */
  readonly subscribeToLive = (listener: () => void): (() => void) => {
    const remove = this.#liveListeners.add(listener)
    this.#updateConnection()
    return () => {
      remove()
      this.#updateConnection()
    }
  }

  /**
   * Tells the server that the user plays or paused a song outside of a show. Repeats it on each new connection. Throws
   * NOT_FOUND for a song that the user may not hear, RATE_LIMITED, UNAVAILABLE.
   */
  readonly playerState = async (songId: string, state: PlayerState): Promise<void> => {
    if (state === 'playing') this.#playing = songId
    // A player may tell the pause of the song before after the start of the next one.
    else if (this.#playing === songId) this.#playing = null
    try {
      // While a connection is being opened, the song follows as soon as it is open. A pause needs no connection.
      await this.#send(songId, state)
    } catch (error) {
      const isRefused = !(error instanceof CodedError && error.code === 'UNAVAILABLE')
      if (isRefused && this.#playing === songId) this.#playing = null
      throw error
    } finally {
      this.#updateConnection()
    }
  }

  /** Passes what a connection carries for the user to the listeners. */
  readonly listenOn = (socket: ShowSocket): void => {
    socket.on('song:status', update => {
      for (const { onUpdate } of [...this.#songListeners]) onUpdate?.(update)
    })
    socket.on('song:metadata', update => {
      for (const { onMetadata } of [...this.#songListeners]) onMetadata?.(update)
    })
    socket.on('live', update => this.#setLive(update))
    this.#parts.announcements.attach(socket)
  }

  #setLive(update: LiveUpdate | null): void {
    if (this.#live === update) return
    this.#live = update
    this.#liveListeners.notify()
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
      if (connection === 'live') this.#onConnected()
      if (connection === 'closed' && this.#rooms.delete(room)) this.#updateConnection()
    })
  }

  #onConnected(): void {
    for (const { onMissed } of [...this.#songListeners]) onMissed()
    // The song may have been deleted meanwhile: then nobody counts it.
    if (this.#playing !== null) this.#send(this.#playing, 'playing').catch(() => {})
  }

  async #send(songId: string, state: PlayerState): Promise<void> {
    const room = [...this.#rooms].find(({ view }) => view.connection === 'live')
    if (room) await room.sendPlayerState(songId, state)
    else if (this.#isOpenedReady) await this.#opened?.sendPlayerState(songId, state)
  }

  #isNeededBy({ guest }: { guest: boolean }): boolean {
    return this.#liveListeners.size > 0 || (!guest && (this.#songListeners.size > 0 || this.#playing !== null))
  }

  /** Opens or closes the feed's own connection, so that it exists when needed and belongs to the signed-in user. */
  #updateConnection(): void {
    const { user } = this.#parts.account
    const userId = this.#rooms.size === 0 && user && this.#isNeededBy(user) ? user.id : null
    if (!user) this.#playing = null
    if (this.#ownConnection?.userId === userId) return
    this.#ownConnection?.close()
    this.#ownConnection = userId === null ? null : { userId, close: this.#connect() }
    if (this.#rooms.size === 0) this.#setLive(null)
  }

  /**
   * Opens a connection and returns a function that closes it. Its code is loaded on demand: the first page of an app
   * does not need it.
   */
  #connect(): () => void {
    const { clock } = this.#parts
    const backoff = createBackoff(delays, clock)
    let isClosed = false
    const onLost = () => {
      if (isClosed) return
      this.#isOpenedReady = false
      this.#setLive(null)
    }
    const load = async () => {
      try {
        const { openPersonalConnection } = await import('./personal-connection.ts')
        if (isClosed) return
        this.#opened = openPersonalConnection(this.#parts, {
          listenOn: this.listenOn,
          onConnected: () => {
            this.#isOpenedReady = true
            this.#onConnected()
          },
          onLost
        })
      } catch {
        if (!isClosed) backoff.schedule(load)
      }
    }
    load()
    return () => {
      isClosed = true
      backoff.cancel()
      this.#opened?.close()
      this.#opened = null
      this.#isOpenedReady = false
    }
  }
}
