import type { ActiveAnnouncements } from '../contract/announcements.ts'
import type { ServerPayload } from '../contract/server-events.ts'
import type { Clock } from './clock.ts'
import type { ShowSocket } from './connection.ts'
import { Listeners } from './listeners.ts'

/** An announcement of the operators, in plain text. By its id an app can remember that it was dismissed. */
export interface Announcement {
  readonly id: string
  readonly text: string
}

export interface AnnouncementFeedParts {
  fetchActive: () => Promise<ActiveAnnouncements>
  clock: Clock
}

interface TimedAnnouncement extends Announcement {
  /** Time at which it is hidden, on the clock of this client. */
  readonly endsAtMs: number
  /** Time at which the server sent it, on the server's clock. */
  readonly sentAtMs: number
}

/** Clients without a connection ask this often, and up to half of it later. */
const pollMs = 60_000
/** Timers take at most about 24 days. */
const maxTimerMs = 86_400_000

/**
 * The active announcements of the operators, newest first. The connection of a show carries them; without one, the feed
 * asks the server while it has subscribers. Hides each one at its time, by the clock of the server.
 */
export class AnnouncementFeed {
  readonly #parts: AnnouncementFeedParts
  readonly #listeners = new Listeners()
  readonly #ended = new Set<string>()
  #active: readonly TimedAnnouncement[] = []
  #connections = 0
  #cancelPoll: (() => void) | undefined
  #cancelExpiry: (() => void) | undefined

  constructor(parts: AnnouncementFeedParts) {
    this.#parts = parts
  }

  /** The same array until something changes. */
  get active(): readonly Announcement[] {
    return this.#active
  }

  /** Calls back after each change of `active`. Returns a function that stops that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    const unsubscribe = this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#poll()
    return () => {
      unsubscribe()
      if (this.#listeners.size === 0) this.#cancelPoll?.()
    }
  }

  /** Takes the announcements that a connection carries. */
  attach(socket: ShowSocket): void {
    let isConnected = false
    const setConnected = (connected: boolean) => {
      if (isConnected === connected) return
      isConnected = connected
      this.#connections += connected ? 1 : -1
    }
    socket.on('connect', () => {
      setConnected(true)
      // The server sends what is active, but not what has ended while there was no connection.
      if (this.#active.length > 0) this.#fetch()
    })
    socket.on('disconnect', () => setConnected(false))
    socket.on('announcement', this.#receive)
    socket.on('announcement:ended', ({ id }) => this.#end(id))
  }

  readonly #receive = ({ id, text, at, until }: ServerPayload<'announcement'>): void => {
    // Without an id it is one of the creator, to the people in the show.
    if (id === undefined || until === undefined || this.#active.some(shown => shown.id === id)) return
    this.#set([{ id, text, endsAtMs: this.#parts.clock.nowMs() + until - at, sentAtMs: at }, ...this.#active])
  }

  #end(id: string): void {
    this.#ended.add(id)
    this.#set(this.#active)
  }

  #poll(): void {
    const { clock } = this.#parts
    if (this.#connections === 0) this.#fetch()
    this.#cancelPoll?.()
    this.#cancelPoll = clock.after(pollMs * (1 + clock.random() / 2), () => this.#poll())
  }

  async #fetch(): Promise<void> {
    try {
      const { items, at } = await this.#parts.fetchActive()
      const sentAtMs = Date.parse(at)
      const skewMs = this.#parts.clock.nowMs() - sentAtMs
      const fetched = items.map(({ id, text, until }) => ({
        id,
        text,
        endsAtMs: Date.parse(until) + skewMs,
        sentAtMs
      }))
      // The answer may be from a cache, and older than what a connection has brought.
      const newer = this.#active.filter(
        active => active.sentAtMs >= sentAtMs && items.every(({ id }) => id !== active.id)
      )
      this.#set([...newer, ...fetched])
    } catch {
      // The next poll tries again; what is shown stays until its time.
    }
  }

  /** Shows those that are not over, and hides the next one at its time. */
  #set(announcements: readonly TimedAnnouncement[]): void {
    const { clock } = this.#parts
    const nowMs = clock.nowMs()
    const before = this.#active
    const active = announcements.filter(({ id, endsAtMs }) => endsAtMs > nowMs && !this.#ended.has(id))
    const isChanged = active.length !== before.length || active.some(({ id }, index) => before[index]?.id !== id)
    if (isChanged) this.#active = active
    this.#cancelExpiry?.()
    this.#cancelExpiry = undefined
    if (this.#active.length > 0) {
      const nextMs = Math.min(...this.#active.map(({ endsAtMs }) => endsAtMs)) - nowMs
      this.#cancelExpiry = clock.after(Math.min(nextMs, maxTimerMs), () => this.#set(this.#active))
    }
    if (isChanged) this.#listeners.notify()
  }
}
