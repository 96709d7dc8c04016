import type { FastifyBaseLogger } from 'fastify'
import PQueue from 'p-queue'
import pTimeout from 'p-timeout'
import { sequenceStreams, type SequenceStream } from '../../../contract/event-sequence.ts'
import type { RelayCursors } from './relay-cursors.ts'
import { createShowRelay, type ShowRelayParts } from './show-relay.ts'

/** Shows that are relayed at the same time. Each has one batch in memory. */
const concurrency = 4
const defaultTiming = {
  /** Time between two deliveries of a show, ms: a burst of events goes out together. */
  spacingMs: 250,
  /** Delays of retries, ms. */
  minBackoffMs: 500,
  maxBackoffMs: 30_000
}
/** At a stop, what waits gets this long to go out. The rest goes out after the next start, or from another node. */
const closeTimeoutMs = 2000

export interface RelayParts extends Omit<ShowRelayParts, 'onGap'> {
  cursors: RelayCursors
  logger: Pick<FastifyBaseLogger, 'warn' | 'info' | 'error'>
  onFailed(): void
  timing?: typeof defaultTiming
}

/** Records of a show that wait: streams with new records, and since when, ms since the epoch. */
interface Waiting {
  sinceMs: number
  readonly streams: Set<SequenceStream>
}

export type Relay = ReturnType<typeof createRelay>

/**
 * Relays the records of shows to the sink as they are stored. Nobody waits for it: it is told that a show has new
 * records, and reads them from the store. While the sink or the store fails, it keeps only the ids of shows, and tries
 * one of them again and again, with increasing delays.
 */
export function createRelay(parts: RelayParts) {
  const { cursors, logger, nowMs, onFailed } = parts
  const { spacingMs, minBackoffMs, maxBackoffMs } = parts.timing ?? defaultTiming
  const gaps = new Set<string>()
  const shows = createShowRelay({
    ...parts,
    onGap(showId, stream, seq) {
      if (gaps.has(showId)) return
      gaps.add(showId)
      logger.error({ showId, stream, seq }, 'record missing, show not relayed any further')
    }
  })
  const waiting = new Map<string, Waiting>()
  const timers = new Map<string, NodeJS.Timeout>()
  const queue = new PQueue({ concurrency })
  /** Shows that are being relayed, and since when their records wait, ms since the epoch. */
  const running = new Map<string, number>()
  let outage: { failures: number; timer: NodeJS.Timeout | undefined } | undefined
  let isClosed = false

  function addWaiting(showId: string, streams: Iterable<SequenceStream>, sinceMs: number): void {
    const entry = waiting.get(showId) ?? { sinceMs, streams: new Set() }
    entry.sinceMs = Math.min(entry.sinceMs, sinceMs)
    for (const stream of streams) entry.streams.add(stream)
    waiting.set(showId, entry)
  }

  function schedule(showId: string, delayMs: number): void {
    if (outage || isClosed || running.has(showId) || timers.has(showId)) return
    const timer = setTimeout(() => {
      timers.delete(showId)
      queue.add(async () => await run(showId))
    }, delayMs)
    timers.set(showId, timer.unref())
  }

  /** Relays what waits of a show. Returns whether that succeeded. Never rejects. */
  async function run(showId: string): Promise<boolean> {
    const entry = waiting.get(showId)
    if (!entry || running.has(showId)) return true
    running.set(showId, entry.sinceMs)
    waiting.delete(showId)
    try {
      await shows.relay(showId, entry.streams)
      return true
    } catch (error) {
      addWaiting(showId, entry.streams, entry.sinceMs)
      onFailed()
      if (!outage) {
        outage = { failures: 0, timer: undefined }
        logger.warn({ err: error, showId }, 'event relay interrupted')
        retryLater(outage)
      }
      return false
    } finally {
      running.delete(showId)
      if (waiting.has(showId)) schedule(showId, spacingMs)
    }
  }

  function retryLater(current: NonNullable<typeof outage>): void {
    if (isClosed) return
    const delayMs = Math.min(maxBackoffMs, minBackoffMs * 2 ** current.failures++) * (0.5 + Math.random() / 2)
    current.timer = setTimeout(async () => await retry(current), delayMs).unref()
  }

  /** Tries one show. When it succeeds, all others follow. */
  async function retry(current: NonNullable<typeof outage>): Promise<void> {
    const [showId] = waiting.keys()
    if (showId !== undefined && !(await run(showId))) return retryLater(current)
    outage = undefined
    logger.info({ shows: waiting.size }, 'event relay resumed')
    for (const id of waiting.keys()) schedule(id, 0)
  }

  function wake(showId: string, streams: Iterable<SequenceStream>, delayMs = spacingMs): void {
    if (isClosed) return
    addWaiting(showId, streams, nowMs())
    schedule(showId, delayMs)
  }

  return {
    /** Opens a show whose home this node becomes, before it stores anything. Rejects when the store fails. */
    open: async (showId: string): Promise<void> => await shows.open(showId),

    /** A show has new records in a stream. Returns at once. */
    wake: (showId: string, stream: SequenceStream): void => wake(showId, [stream]),

    /** Keeps the leases, takes over the shows of nodes that are gone, and closes shows that have ended. */
    async sweep(): Promise<void> {
      await cursors.renew()
      for (const showId of await cursors.findAbandoned()) {
        if (await shows.takeOver(showId)) wake(showId, sequenceStreams, 0)
      }
      for (const showId of shows.findEnded()) {
        if (waiting.has(showId) || running.has(showId)) continue
        if (!(await shows.close(showId))) wake(showId, sequenceStreams, 0)
      }
    },

    /** Removes the cursor of a deleted show. */
    async remove(showId: string): Promise<void> {
      waiting.delete(showId)
      gaps.delete(showId)
      await shows.remove(showId)
    },

    /** Shows with records that are not relayed yet, and the age of what waits longest, ms. */
    figures(): { waitingShows: number; lagMs: number; isInterrupted: boolean } {
      const sinceMs = Math.min(nowMs(), ...[...waiting.values()].map(entry => entry.sinceMs), ...running.values())
      return {
        waitingShows: new Set([...waiting.keys(), ...running.keys()]).size,
        lagMs: nowMs() - sinceMs,
        isInterrupted: outage !== undefined
      }
    },

    /** Relays what waits, for 2 s at most, and gives up the leases. */
    async close(): Promise<void> {
      for (const timer of timers.values()) clearTimeout(timer)
      clearTimeout(outage?.timer)
      timers.clear()
      if (!outage) for (const showId of waiting.keys()) queue.add(async () => await run(showId))
      isClosed = true
      await pTimeout(queue.onIdle(), { milliseconds: closeTimeoutMs, fallback: () => queue.clear() })
      await cursors.release()
    }
  }
}
