import type { FastifyBaseLogger } from 'fastify'
import pTimeout from 'p-timeout'
import { CodedError } from '../../contract/errors.ts'
import type { ListenerSource } from '../../contract/audience-events.ts'
import type { AudienceWriter } from '../../plugins/app/shows/audience-log.ts'
import type { AppliedEvents } from '../cluster/entries.ts'
import type { ServerRoomEvent } from '../room/events.ts'
import type { AudienceRecords } from './room-store.ts'

/** Time from an event to its write, so that many events are one insert. */
const flushIntervalMs = 1_000
/** Time for the last write of a recorder. Events that are not stored by then are lost. */
const closeTimeoutMs = 2_000

/** Records what the audience of a show does, while its home is here. No method waits for the store. */
export interface AudienceRecorder {
  /** Records the events of a command that happened in the room. */
  applied(events: Pick<AppliedEvents, 'events' | 'at'>): void
  /** Counts reactions of all members of the show. */
  reacted(count: number): void
  /** Stores what was recorded so far. Throws UNAVAILABLE when it is not stored within two seconds. */
  flush(): Promise<void>
  /** Records nothing more, and stores what was recorded. Resolves when it is stored, or lost after two seconds. */
  close(): Promise<void>
  /** Stops at once: another home records already. What is not stored yet is lost. */
  abandon(): void
}

export interface AudienceRecorderParts {
  showId: string
  creatorId: string
  audience: AudienceRecords
  logger: Pick<FastifyBaseLogger, 'warn'>
  nowMs: () => number
  /** Everything is stored, or given up: the recorder is not needed any more. */
  onDone(): void
}

/** Creates the recorder of a room that has just been opened. Its first event says so. */
export function createAudienceRecorder(parts: AudienceRecorderParts): AudienceRecorder {
  const { showId, creatorId, audience, logger, nowMs } = parts
  const writer = audience.openWriter(showId)
  /** Pseudonyms of the listeners who are connected, by user id. */
  const connected = new Map<string, string>()
  let comments = 0
  let reactions = 0
  let lost = 0
  let hasFailed = false
  /** The show has ended or moved: nothing more is recorded. What waits is still stored. */
  let isOver = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let flushes = 0

  function add(event: Parameters<AudienceWriter['add']>[0], at: number): void {
    if (!writer.add(event, at)) lost++
    schedule()
  }

  function schedule(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      flush()
    }, flushIntervalMs).unref()
  }

  /** A comment that is lost after its count was written is taken off the next count. */
  function addCounts(): void {
    const at = nowMs()
    const counted = { comments: Math.max(0, comments), reactions }
    comments -= counted.comments
    reactions = 0
    if (counted.comments > 0 && !writer.add({ type: 'comments:counted', count: counted.comments }, at)) lost++
    if (counted.reactions > 0 && !writer.add({ type: 'reactions:counted', count: counted.reactions }, at)) lost++
  }

  /** Stores what waits, and returns whether it did. Never rejects: after a failure, events wait for the next flush. */
  async function flush(): Promise<boolean> {
    clearTimeout(timer)
    timer = undefined
    const number = ++flushes
    addCounts()
    try {
      await writer.flush()
      hasFailed = false
      if (lost > 0) logger.warn({ showId, lost }, 'audience events lost')
      lost = 0
      // The end may have come during this flush, with events that wait for the next one.
      if (isOver && timer === undefined && number === flushes) finish()
      return true
    } catch (error) {
      if (!hasFailed) logger.warn({ err: error, showId }, 'audience events not stored')
      hasFailed = true
      if (!isClosed) schedule()
      return false
    }
  }

  function joined(userId: string, guest: boolean, source: ListenerSource | undefined, at: number): void {
    if (userId === creatorId || connected.has(userId)) return
    const person = audience.pseudonymOf(userId)
    connected.set(userId, person)
    add({ type: 'listener:joined', person, guest, source: source ?? null }, at)
  }

  function left(userId: string, at: number): void {
    const person = connected.get(userId)
    if (person === undefined) return
    connected.delete(userId)
    add({ type: 'listener:left', person }, at)
  }

  function record(event: ServerRoomEvent, at: number): void {
    switch (event.type) {
      case 'member:arrived':
        return joined(event.member.userId, event.member.guest, event.source, at)
      case 'member:away':
      case 'member:gone':
        return left(event.userId, at)
      case 'member:commented':
        comments++
        return schedule()
      case 'member:commentLost':
        comments--
        return
      case 'show:ended':
        isOver = true
        return schedule()
      default:
    }
  }

  /** Returns whether everything was stored within two seconds. */
  async function flushInTime(): Promise<boolean> {
    return await pTimeout(flush(), { milliseconds: closeTimeoutMs, fallback: () => false })
  }

  function finish(): void {
    isClosed = true
    clearTimeout(timer)
    parts.onDone()
  }

  add({ type: 'audience:opened' }, nowMs())

  return {
    applied({ events, at }) {
      if (isOver) return
      for (const event of events) record(event, at)
    },
    reacted(count) {
      if (isOver) return
      reactions += count
      schedule()
    },
    async flush() {
      if (!(await flushInTime())) throw new CodedError('UNAVAILABLE', 'The audience events are not stored yet.')
    },
    async close() {
      if (isClosed) return
      isOver = true
      const isStored = await flushInTime()
      if (isClosed) return
      if (!isStored) logger.warn({ showId }, 'last audience events lost')
      finish()
    },
    abandon() {
      isOver = true
      if (!isClosed) finish()
    }
  }
}

/** The recorders of the shows whose home is here. */
export type AudienceRecorders = ReturnType<typeof createAudienceRecorders>

export function createAudienceRecorders({
  audience,
  logger,
  nowMs
}: Pick<AudienceRecorderParts, 'audience' | 'logger' | 'nowMs'>) {
  const open = new Map<string, AudienceRecorder>()

  return {
    /** Opens the recorder of a room. An earlier one of the show records nothing more. */
    open(showId: string, creatorId: string): AudienceRecorder {
      open.get(showId)?.abandon()
      const recorder = createAudienceRecorder({
        showId,
        creatorId,
        audience,
        logger,
        nowMs,
        onDone() {
          if (open.get(showId) === recorder) open.delete(showId)
        }
      })
      open.set(showId, recorder)
      return recorder
    },

    /** Counts reactions in a show. Does nothing when its home is another node. */
    reacted(showId: string, count: number): void {
      open.get(showId)?.reacted(count)
    },

    /** Stores what a show's recorder has so far, if its home is here. Throws UNAVAILABLE when the store is away. */
    async flush(showId: string): Promise<void> {
      await open.get(showId)?.flush()
    },

    /** Stores what waits. */
    async close(): Promise<void> {
      await Promise.all([...open.values()].map(async recorder => await recorder.close()))
    }
  }
}
