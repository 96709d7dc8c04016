import type { SongUpdate } from '../contract/songs.ts'
import type { Account } from './account.ts'
import type { Clock } from './clock.ts'
import { Connection } from './connection.ts'
import type { ShowRoom } from './show-room.ts'
import { keepToken } from './token-keeper.ts'

export interface SongUpdateListener {
  status: (news: SongUpdate) => void
  /** The connection came about: what was told before was not heard here. */
  missed: () => void
}

export interface SongUpdateFeedParts {
  url: string
  account: Account
  clock: Clock
}

/**
 * What becomes of a person's songs. A show's connection brings it; who is in no show gets one of their own, for as long as
 * anybody listens, since a person may have but few.
 */
export class SongUpdateFeed {
  readonly #parts: SongUpdateFeedParts
  readonly #listeners = new Set<SongUpdateListener>()
  readonly #rooms = new Set<ShowRoom>()
  #own: { userId: string; close: () => void } | null = null

  constructor(parts: SongUpdateFeedParts) {
    this.#parts = parts
    parts.account.subscribe(() => this.#settle())
  }

  /** Calls back from now on; answers how to stop that. */
  listen(listener: SongUpdateListener): () => void {
    this.#listeners.add(listener)
    this.#settle()
    return () => {
      this.#listeners.delete(listener)
      this.#settle()
    }
  }

  /** As it came from the server. */
  readonly take = (news: SongUpdate): void => {
    for (const { status } of [...this.#listeners]) status(news)
  }

  /** Relies on a show for as long as one is in it. */
  follow(room: ShowRoom): void {
    this.#rooms.add(room)
    this.#settle()
    let { connection } = room.view
    room.subscribe(() => {
      const before = connection
      connection = room.view.connection
      if (connection === before) return
      if (connection === 'live') this.#missed()
      if (connection === 'closed' && this.#rooms.delete(room)) this.#settle()
    })
  }

  #missed(): void {
    for (const { missed } of [...this.#listeners]) missed()
  }

  /** Has a connection of its own where one is needed, and the right person's. */
  #settle(): void {
    const { user } = this.#parts.account
    const userId = this.#listeners.size > 0 && this.#rooms.size === 0 && user && !user.guest ? user.id : null
    if (this.#own?.userId === userId) return
    this.#own?.close()
    this.#own = userId === null ? null : { userId, close: this.#connect() }
  }

  /** Answers how to end it. */
  #connect(): () => void {
    const { account, clock } = this.#parts
    let stopKeeping: (() => void) | undefined
    const connection: Connection = new Connection({
      ...this.#parts,
      up: () => {
        connection.settled()
        stopKeeping = keepToken({
          account,
          clock,
          shown: connection.token,
          present: async token => await connection.ask('auth:refresh', { token })
        })
        this.#missed()
      },
      down: () => stopKeeping?.(),
      over: () => {}
    })
    connection.socket.on('song:status', this.take)
    connection.open()
    return () => {
      stopKeeping?.()
      connection.close()
    }
  }
}
