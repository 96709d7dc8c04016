import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import type { QueueEvent, RoomEvent } from '../../contract/room-events.ts'
import type { Span } from '../../plugins/external/tracing/spans.ts'
import { createAudience, type Crowd } from '../delivery/audience.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { createGraceClock } from './grace-clock.ts'
import { createOnAir } from '../audio/audio-effects.ts'
import { createPlaybackClock } from './playback-clock.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { RoomJournal } from './room-journal.ts'
import type { RoomLog } from './room-log.ts'
import type { Actor, Command } from '../room/commands.ts'
import { decide, isRefusal } from '../room/decide.ts'
import {
  evolveHouse,
  evolvePresence,
  isPresenceEvent,
  stamp,
  type House,
  type HouseEvent,
  type PresenceEvent
} from '../room/server-room-state.ts'
import type { RoomRecord } from '../room/opening.ts'
import { loadPlaylist } from '../room/playback.ts'
import type { Refusal } from '../room/rules.ts'

/** One live show: its rules run here, one command at a time, and what comes of them is carried out from here. */
export interface LiveRoom {
  readonly showId: string
  /** The state now. */
  readonly house: House
  /** What happened here and is not stored yet. */
  readonly pendingWrites: number
  /** Throws the refusal a command would get now; for questions that change nothing. */
  check(actor: Actor, command: Command): void
  /**
   * Carries out a command in its turn; resolves when what came of it is stored. Throws CodedError: the refusal, or
   * UNAVAILABLE when it happened but could not be stored in time. `onCommitted` runs at the very moment it has happened,
   * before anything else does.
   */
  command(actor: Actor, command: Command, onCommitted?: (house: House) => void): Promise<void>
  /** Stops clocks and waits for the turn that is running and for the store; the show itself goes on elsewhere or later. */
  close(): Promise<void>
}

/** What a live room works with. `seq` is the place of the last stored event. */
export interface LiveRoomParts {
  house: House
  seq: number
  audio: RoomAudio
  delivery: Delivery
  log: RoomLog
  journal?: RoomJournal
  logger: FastifyBaseLogger
  nowMs: () => number
  span?: Span
  /** Stores events; safe to repeat. */
  append(records: RoomRecord[]): Promise<void>
  /** Facts about the show itself that others wait for: its status, its end. Called in order, after the broadcast. */
  onFact(event: RoomEvent | QueueEvent): void
  onCrowd(crowd: Crowd): void
  /** The last moment to tell those who are there something, before they are told of the end. */
  beforeEnd(): void
}

export function createLiveRoom(parts: LiveRoomParts): LiveRoom {
  const { audio, delivery, log, logger, nowMs, span = justDo } = parts
  let { house, seq } = parts
  const { showId, creatorId } = house.room
  let turn: Promise<unknown> = Promise.resolve()
  const onAir = createOnAir({ audio, house: () => house, logger })

  const audience = createAudience({
    totalListeners: () => house.visitorIds.size,
    queueLength: () => house.room.queueLength,
    tell: payload => delivery.toShow(showId, 'audience', payload),
    record: parts.onCrowd
  })
  const clock = createGraceClock(async userId => {
    await serverCommand({ type: 'server:graceOver', userId })
    return house
  }, nowMs)

  const playbackClock = createPlaybackClock(
    async (itemId, at) => await serverCommand({ type: 'server:itemEnded', itemId, at }),
    nowMs
  )

  function check(actor: Actor, command: Command): void {
    const decision = decide(house, actor, command, nowMs())
    if (isRefusal(decision)) throw refused(decision)
  }

  async function command(actor: Actor, command: Command, onCommitted?: (house: House) => void): Promise<void> {
    const mine = turn.then(
      async () =>
        await span(
          `room ${command.type}`,
          { 'ambient.show_id': showId },
          async () => await carryOut(actor, command, onCommitted)
        )
    )
    turn = mine.catch(() => {})
    if (await mine) await log.stored()
  }

  /** True when there is something to store. */
  async function carryOut(actor: Actor, command: Command, onCommitted?: (house: House) => void): Promise<boolean> {
    const now = nowMs()
    const decision = decide(house, actor, command, now)
    if (isRefusal(decision)) throw refused(decision)
    const events: HouseEvent[] = []
    for (const event of decision) {
      events.push(
        event.type === 'playback:changed' ? { ...event, playback: await onAir.play(event.playback, actor) } : event
      )
    }
    for (const event of events) await onAir.prepare(event)
    const stored = commit(events, now)
    onCommitted?.(house)
    return stored
  }

  function sessionOf(userId: string): string | null {
    return house.members.get(userId)?.sessionId ?? null
  }

  function commit(events: readonly HouseEvent[], at: number): boolean {
    const records: RoomRecord[] = []
    for (const event of events) {
      parts.journal?.note(event, house, at)
      if (isPresenceEvent(event)) movePresence(event, at)
      else if (event.type === 'playlist:loaded') house = { ...house, playlist: loadPlaylist(house, event.items) }
      else records.push(announce(event, at))
    }
    if (records.length > 0) log.write('events', async () => await parts.append(records))
    for (const { event } of records) parts.onFact(event)
    if (records.length > 0) audience.touch()
    return records.length > 0
  }

  function announce(event: RoomEvent | QueueEvent, at: number): RoomRecord {
    const stamped = stamp(house.room, event, at)
    const removed = event.type === 'member:removed' ? sessionOf(event.userId) : null
    house = evolveHouse(house, stamped)
    if (event.type === 'show:ended') parts.beforeEnd()
    if ('version' in stamped) delivery.toShow(showId, 'room:event', stamped)
    else delivery.toPeople(showId, [creatorId, ...house.room.cohostIds, stamped.event.userId], 'queue:event', stamped)
    if (event.type === 'member:removed' && removed) delivery.endSession(removed, 'session:removed', { ban: event.ban })
    if (event.type === 'playback:changed') playbackClock.watch(event.playback)
    if (event.type === 'playback:changed' || event.type === 'playlist:changed') onAir.prepareNext()
    if (event.type === 'show:ended') end()
    return { seq: ++seq, at, event }
  }

  function movePresence(event: PresenceEvent, at: number): void {
    const userId = 'member' in event ? event.member.userId : event.userId
    const before = sessionOf(userId)
    const isNew = !house.visitorIds.has(userId)
    evolvePresence(house, event, at)
    clock.watch(house, userId)
    const after = sessionOf(userId)
    if (userId !== creatorId) countMove(userId, isNew, before, after)
    if (before === null || before === after) return
    audio.leave(before)
    if (event.type === 'member:arrived') delivery.endSession(before, 'session:replaced', {})
  }

  function countMove(userId: string, isNew: boolean, before: string | null, after: string | null): void {
    if (before === null && after !== null) audience.arrived(userId, isNew)
    if (before !== null && after === null) audience.left()
  }

  function end(): void {
    clock.close()
    playbackClock.close()
    audience.close()
    delivery.dismiss(showId)
  }

  /** Nobody waits for an answer, so a failure is logged here. */
  async function serverCommand(said: Extract<Command, { type: `server:${string}` }>): Promise<void> {
    try {
      await command({ kind: 'server' }, said)
    } catch (error) {
      logger.error({ err: error, command: said.type }, "a command of the server's own was not carried out")
    }
  }

  audio.listen({
    speaking: levels => delivery.toShow(showId, 'media:speaking', { levels }),
    producerLost: async (userId, producerId) =>
      await serverCommand({ type: 'server:producerLost', userId, producerId }),
    overBitrate: async (userId, producerId) => await serverCommand({ type: 'server:overBitrate', userId, producerId }),
    songMoved: async producerId => await serverCommand({ type: 'server:songMoved', producerId }),
    reset: (sessionIds, routerRtpCapabilities, reason) => {
      for (const sessionId of sessionIds) {
        delivery.toSession(sessionId, 'media:reset', { routerRtpCapabilities, reason })
      }
    }
  })

  // A room that comes back may be in the middle of an item.
  playbackClock.watch(house.room.playback)
  if (house.room.playback.item?.kind === 'song') goOnPlaying()

  /** In its turn; the song has no producer any more that it had before. */
  async function goOnPlaying(): Promise<void> {
    const playing = turn.then(async () => await onAir.play(house.room.playback, { kind: 'server' }))
    turn = playing
    const { producerId } = await playing
    onAir.prepareNext()
    if (producerId !== null) await serverCommand({ type: 'server:songMoved', producerId })
  }

  return {
    showId,
    get house() {
      return house
    },
    get pendingWrites() {
      return log.pending
    },
    check,
    command,
    async close() {
      clock.close()
      playbackClock.close()
      audience.close()
      await turn
      await log.close()
    }
  }
}

const justDo: Span = async (_name, _facts, task) => await task()

function refused({ code, message, retryAfterMs }: Refusal): CodedError {
  return new CodedError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}
