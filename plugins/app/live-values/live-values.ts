import type { FastifyBaseLogger } from 'fastify'
import pTimeout from 'p-timeout'
import { CodedError } from '../../../contract/errors.ts'
import type { LiveValues as LiveAnswer, SongUsers } from '../../../contract/live.ts'
import type { LiveValueFigures } from '../../external/metrics/live.ts'
import { createNodePresence, type Seat } from './node-presence.ts'
import { maxPerCommand, type PresenceStore, type SharedValues } from './presence-store.ts'

/** A show that is live on this node or followed by it. */
export interface NodeShow {
  readonly showId: string
  /** The song that plays; null when none does. */
  readonly songId: string | null
  /** Whether this node is the home of the show, and the show is live: it counts among the live shows. */
  readonly isReported: boolean
  readonly listenerCount: number
}

/** The connections and shows of this node. `realtime/` binds them. */
export interface LiveSource {
  /** Shows of this node that have an audience here, or whose home it is. */
  shows(): readonly NodeShow[]
  /** Moves the seat of each connection to where it is. Called before each refresh. */
  moveSeats(): void
}

export interface LiveValuesParts {
  store: PresenceStore
  /** Returns those of these shows that are public now. */
  findPublic(showIds: readonly string[]): Promise<ReadonlySet<string>>
  logger: Pick<FastifyBaseLogger, 'warn'>
  nowMs: () => number
  monotonicMs: () => number
  /** For tests. */
  times?: LiveTimes
}

export interface LiveTimes {
  /** Minimum time between two refreshes of the values, ms. */
  readonly everyMs: number
  /** Everybody of this node is sent again after this time, ms. */
  readonly refreshMs: number
  /** After the store lost its data, all nodes fill it again within this time, ms. Earlier values would be too low. */
  readonly refillMs: number
  /** Values that are older are shown with their time, ms. */
  readonly maxAgeMs: number
}

const defaultTimes: LiveTimes = { everyMs: 1000, refreshMs: 10_000, refillMs: 2500, maxAgeMs: 5000 }
/** Time for the answer whether shows are public, ms. */
const publicTimeoutMs = 1000
/** Maximum number of songs that a node reports, those with most listeners. */
const maxReportedSongs = 100

/** Live values of all nodes. They are refreshed once per second, however often they are read. */
export interface LiveValues {
  /** Adds a connection of a person. */
  connect(userId: string): Seat
  /** Whether a show of this node was public at the last refresh. */
  isPublic(showId: string): boolean
  /** Returns the newest values. Throws UNAVAILABLE before the first ones are known. */
  get(): LiveAnswer
  /** Returns the number of people connected; undefined before it is known. */
  usersConnected(): number | undefined
  /** Returns the number of people who play a song. */
  usersOn(songId: string): SongUsers
  /** Returns the figures of metrics; undefined before they are known. */
  figures(): LiveValueFigures | undefined
  /** Calls the listener after each refresh. */
  onRefreshed(listener: () => void): void
  bind(source: LiveSource): void
  /** Refreshes the values now. Never rejects: without the store, the last values stay. */
  refresh(): Promise<void>
  /** Removes the people of this node from the store. */
  close(): Promise<void>
}

export function createLiveValues(parts: LiveValuesParts): LiveValues {
  const { store, findPublic, logger, nowMs, monotonicMs, times = defaultTimes } = parts
  const presence = createNodePresence(store)
  const listeners: (() => void)[] = []
  let source: LiveSource = { shows: () => [], moveSeats() {} }
  let publicIds: ReadonlySet<string> = new Set()
  let values: SharedValues | undefined
  let usersBySong: ReadonlyMap<string, number> = new Map()
  let readAt = { ms: 0, monotonicMs: -Infinity }
  let sentAllAtMs = monotonicMs()
  let hasReported = false
  let refillUntilMs = -Infinity
  let isLogged = false

  async function report(shows: readonly NodeShow[]): Promise<void> {
    const reported = shows.filter(({ showId, isReported }) => isReported && publicIds.has(showId))
    const songIds = reported
      .toSorted((one, other) => other.listenerCount - one.listenerCount)
      .flatMap(({ songId }) => songId ?? [])
    const isKnown = await store.report({
      showsLive: reported.length,
      songIds: [...new Set(songIds)].slice(0, maxReportedSongs)
    })
    if (!isKnown && hasReported) {
      presence.refresh()
      refillUntilMs = monotonicMs() + times.refillMs
    }
    hasReported = true
  }

  async function sendPresence(): Promise<void> {
    if (monotonicMs() - sentAllAtMs >= times.refreshMs) {
      presence.refresh()
      sentAllAtMs = monotonicMs()
    }
    await presence.flush()
  }

  async function read(): Promise<void> {
    const atMs = nowMs()
    const next = await store.read(values?.peaks)
    const songIds = presence.songIds()
    const counts = new Map<string, number>()
    for (let start = 0; start < songIds.length; start += maxPerCommand) {
      const some = await store.countUsers(songIds.slice(start, start + maxPerCommand))
      for (const [songId, users] of some) counts.set(songId, users)
    }
    // The store may still miss people of other nodes.
    if (monotonicMs() < refillUntilMs) return
    values = next
    usersBySong = counts
    readAt = { ms: atMs, monotonicMs: monotonicMs() }
  }

  /** While the store of shows is away, no visibility can change either. */
  async function readPublic(showIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (showIds.length === 0) return new Set()
    return await pTimeout(findPublic(showIds), { milliseconds: publicTimeoutMs }).catch(() => publicIds)
  }

  async function refresh(): Promise<void> {
    const shows = source.shows()
    publicIds = await readPublic(shows.map(({ showId }) => showId))
    source.moveSeats()
    try {
      await report(shows)
      await sendPresence()
      await read()
    } catch (error) {
      logRefusal(error)
    }
    for (const listener of listeners) listener()
  }

  /** An outage is logged where the connection is: only refusals are news. */
  function logRefusal(error: unknown): void {
    if (error instanceof Error && error.name === 'ReplyError') logOnce(error)
  }

  function logOnce(error: unknown): void {
    if (isLogged) return
    isLogged = true
    const reason = error instanceof Error ? error.message.slice(0, 200) : String(error)
    logger.warn({ reason }, 'live values not refreshed')
  }

  const usersConnected = () => values && Math.max(values.usersConnected, presence.count('users'))

  return {
    connect: presence.connect,
    isPublic: showId => publicIds.has(showId),
    get() {
      const count = usersConnected()
      if (!values || count === undefined) {
        throw new CodedError('UNAVAILABLE', 'The live values are not known yet. Try again in a moment.')
      }
      const { showsLive, topSongs, peaks } = values
      const isOld = monotonicMs() - readAt.monotonicMs > times.maxAgeMs
      return {
        usersConnected: count,
        showsLive,
        listeners: values.listeners,
        topSongs: [...topSongs],
        peaks: { usersConnected: Math.max(peaks.usersConnected, count), listeners: peaks.listeners },
        ...(isOld && { asOf: new Date(readAt.ms).toISOString() })
      }
    },
    usersConnected,
    usersOn: songId => ({
      songId,
      users: Math.max(usersBySong.get(songId) ?? 0, presence.count(`song:${songId}`))
    }),
    figures: () => {
      const count = usersConnected()
      if (count === undefined) return undefined
      return { usersConnected: count, ageSeconds: (monotonicMs() - readAt.monotonicMs) / 1000 }
    },
    onRefreshed: listener => listeners.push(listener),
    bind(bound) {
      source = bound
    },
    refresh: async () => await refresh().catch(logOnce),
    async close() {
      await presence
        .end()
        .then(async () => await store.end())
        .catch(logRefusal)
    }
  }
}
