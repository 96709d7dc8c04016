import type { FastifyBaseLogger } from 'fastify'
import PQueue from 'p-queue'
import { CodedError } from '../../contract/errors.ts'
import type { Playback } from '../../contract/playback.ts'
import type { RoomRecord } from '../../contract/room-events.ts'
import type { AudienceCounts } from '../../plugins/app/shows/audience-counts.ts'
import type { Span } from '../../plugins/external/tracing/spans.ts'
import { createMediaEffects } from '../audio/media-effects.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { OpenedPlayback } from '../audio/song-playback.ts'
import { createAudience } from '../delivery/audience.ts'
import type { Delivery } from '../delivery/delivery.ts'
import { apply } from '../room/apply.ts'
import { changesPlayback, type Actor, type Command, type SystemCommand } from '../room/commands.ts'
import { decide, isRefusal } from '../room/decide.ts'
import {
  isLogged,
  isPresenceEvent,
  stamp,
  type LoggedEvent,
  type PresenceEvent,
  type ServerRoomEvent
} from '../room/events.ts'
import type { Refusal } from '../room/rules/rule.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import { createGraceClock } from './grace-clock.ts'
import { createPlaybackClock } from './playback-clock.ts'
import { createRoomAnnouncer } from './room-announcer.ts'
import type { RoomJournal } from './room-journal.ts'
import type { RoomWrites } from './room-writes.ts'
import { createSongTurns, otherSong } from './song-turns.ts'

/** One live show on this server. Its commands run here one at a time, and their effects are carried out from here. */
export interface LiveRoom {
  readonly showId: string
  /** The state now. */
  readonly state: ServerRoomState
  /** Writes that are not stored yet. */
  readonly pendingWrites: number
  /** Checks a command against the rules now, for questions that change nothing. Throws the refusal. */
  check(actor: Actor, command: Command): void
  /**
   * Carries out a command in its turn; resolves when its events are stored. Throws CodedError: the refusal, or
   * UNAVAILABLE when the events happened but could not be stored in time. `onCommitted` runs synchronously after the
   * events were applied and sent.
   */
  command(actor: Actor, command: Command, onCommitted?: (state: ServerRoomState) => void): Promise<void>
  /** Resolves when everything that has happened so far is stored. Throws UNAVAILABLE. */
  stored(): Promise<void>
  /** Gives the room up without an end of the show: another server may have it. Members are asked to connect again. */
  abandon(): void
  /** Stops the clocks and waits for the running turn and the store. The show continues elsewhere or later. */
  close(): Promise<void>
}

/** What a live room works with. */
export interface LiveRoomParts {
  state: ServerRoomState
  /** Place of the last record in the log. */
  seq: number
  audio: RoomAudio
  delivery: Delivery
  writes: RoomWrites
  journal?: RoomJournal
  logger: FastifyBaseLogger
  nowMs: () => number
  span?: Span | undefined
  /** Writes records to the log; safe to repeat. */
  append(records: readonly RoomRecord[]): Promise<void>
  /** Called in order with every logged event after it was sent, and with the state after the whole command. */
  onLogged(records: readonly RoomRecord[], state: ServerRoomState): void
  recordAudience(counts: AudienceCounts): void
  /** The last moment to send something to the members before they learn of the end. */
  beforeEnd(): void
}

export function createLiveRoom(parts: LiveRoomParts): LiveRoom {
  const { audio, delivery, writes, logger, nowMs, span = runUntraced } = parts
  let { state, seq } = parts
  const { showId } = state.room
  const turns = new PQueue({ concurrency: 1 })
  let isAbandoned = false
  const media = createMediaEffects({ audio, state: () => state, logger })
  const songTurns = createSongTurns(media)
  const announcer = createRoomAnnouncer({ delivery, audio, beforeEnd: parts.beforeEnd })
  const audience = createAudience({
    counts: () => ({
      listenerCount: state.listenerCount,
      totalListeners: state.visitorIds.size,
      queueLength: state.room.queueLength
    }),
    broadcast: counts => delivery.toShow(showId, 'audience', counts),
    record: counts => parts.recordAudience(counts)
  })
  const graceClock = createGraceClock(async userId => {
    await systemCommand({ type: 'server:graceOver', userId })
    return state
  }, nowMs)
  const playbackClock = createPlaybackClock(
    async (itemId, at) => await systemCommand({ type: 'server:itemEnded', itemId, at }),
    nowMs
  )

  function decided(actor: Actor, command: Command, now: number): readonly ServerRoomEvent[] {
    if (isAbandoned) throw abandoned()
    const decision = decide(state, actor, command, now)
    if (isRefusal(decision)) throw refused(decision)
    return decision
  }

  async function command(
    actor: Actor,
    command: Command,
    onCommitted?: (state: ServerRoomState) => void
  ): Promise<void> {
    const run = async (opened: OpenedPlayback | null) =>
      await turns.add(
        async () =>
          await span(
            `room ${command.type}`,
            { 'ambient.show_id': showId },
            async () => await carryOut(actor, command, opened, onCommitted)
          )
      )
    const outcome = changesPlayback(command)
      ? await songTurns.run(actor, () => expectedPlayback(actor, command), run)
      : await run(null)
    if (outcome === 'logged') await writes.stored()
  }

  /** The playback a command would start now; undefined when it starts none, or is refused. */
  function expectedPlayback(actor: Actor, command: Command): Playback | undefined {
    const decision = decide(state, actor, command, nowMs())
    return isRefusal(decision) ? undefined : playbackIn(decision)
  }

  async function carryOut(
    actor: Actor,
    command: Command,
    opened: OpenedPlayback | null,
    onCommitted?: (state: ServerRoomState) => void
  ): Promise<Outcome | typeof otherSong> {
    const now = nowMs()
    const decision = decided(actor, command, now)
    const playback = playbackIn(decision)
    if (changesPlayback(command) && playback && !media.fits(playback, opened)) return otherSong
    const events: ServerRoomEvent[] = []
    for (const event of decision) {
      const isPlayback = event.type === 'playback:changed'
      events.push(isPlayback ? { ...event, playback: await media.play(event.playback, opened) } : event)
    }
    for (const event of events) await media.prepare(event)
    if (isAbandoned) throw abandoned()
    const outcome = commit(events, now)
    onCommitted?.(state)
    return outcome
  }

  function commit(events: readonly ServerRoomEvent[], at: number): Outcome {
    const records: RoomRecord[] = []
    for (const event of events) {
      parts.journal?.note(event, state, at)
      if (isLogged(event)) records.push(applyLogged(event, at))
      else if (isPresenceEvent(event)) applyPresence(event, at)
      else state = apply(state, event, at)
    }
    if (records.length === 0) return 'unlogged'
    writes.add('events', async () => await parts.append(records))
    parts.onLogged(records, state)
    audience.changed()
    return 'logged'
  }

  function applyLogged(event: LoggedEvent, at: number): RoomRecord {
    const before = state
    state = apply(before, event, at)
    announcer.logged(stamp(before.room, event, at), before, state)
    if (event.type === 'playback:changed') playbackClock.watch(event.playback)
    if (event.type === 'playback:changed' || event.type === 'playlist:changed') media.prepareNext()
    if (event.type === 'show:ended') stopClocks()
    return { seq: ++seq, at, event }
  }

  function applyPresence(event: PresenceEvent, at: number): void {
    const userId = 'member' in event ? event.member.userId : event.userId
    const before = state
    state = apply(before, event, at)
    graceClock.watch(state, userId)
    announcer.presence(event, before, state)
    const isNewcomer = state.visitorIds.has(userId) && !before.visitorIds.has(userId)
    audience.changed(isNewcomer ? userId : undefined)
  }

  function stopClocks(): void {
    graceClock.close()
    playbackClock.close()
    audience.close()
  }

  /** Nobody waits for an answer, so a failure is logged here. */
  async function systemCommand(asked: SystemCommand): Promise<void> {
    try {
      await command({ kind: 'system' }, asked)
    } catch (error) {
      if (!isAbandoned) logger.error({ err: error, command: asked.type }, 'system command failed')
    }
  }

  audio.listen({
    speaking: levels => delivery.toShow(showId, 'media:speaking', { levels }),
    producerLost: async (userId, producerId) =>
      await systemCommand({ type: 'server:producerLost', userId, producerId }),
    overBitrate: async (userId, producerId) => await systemCommand({ type: 'server:overBitrate', userId, producerId }),
    songMoved: async producerId => await systemCommand({ type: 'server:songMoved', producerId }),
    reset: (presenceIds, routerRtpCapabilities, reason) => {
      for (const presenceId of presenceIds) {
        delivery.toPresence(presenceId, 'media:reset', { routerRtpCapabilities, reason })
      }
    }
  })

  // A restored room may be in the middle of an item.
  playbackClock.watch(state.room.playback)
  if (state.room.playback.item?.kind === 'song') continuePlaying()

  /** Plays on after a restart. The song has a new producer. */
  async function continuePlaying(): Promise<void> {
    const system = { kind: 'system' } as const
    const { playback } = state.room
    const play = async (opened: OpenedPlayback | null) =>
      await turns.add(async () =>
        state.room.playback === playback ? await media.play(playback, opened) : state.room.playback
      )
    const { producerId } = await songTurns.run(system, () => playback, play)
    media.prepareNext()
    if (producerId !== null) await systemCommand({ type: 'server:songMoved', producerId })
  }

  return {
    showId,
    get state() {
      return state
    },
    get pendingWrites() {
      return writes.pending
    },
    check: (actor, command) => {
      decided(actor, command, nowMs())
    },
    command,
    stored: async () => await writes.stored(),
    abandon() {
      if (isAbandoned) return
      isAbandoned = true
      stopClocks()
      delivery.drainShow(showId)
      audio.close().catch((error: unknown) => logger.error({ err: error }, 'audio of an abandoned show did not close'))
    },
    async close() {
      stopClocks()
      await turns.onIdle()
      await writes.close()
    }
  }
}

/** Whether a command's events have a place in the log. */
type Outcome = 'logged' | 'unlogged'

function playbackIn(events: readonly ServerRoomEvent[]): Playback | undefined {
  return events.find(event => event.type === 'playback:changed')?.playback
}

const runUntraced: Span = async (_name, _facts, task) => await task()

function refused({ code, message, retryAfterMs }: Refusal): CodedError {
  return new CodedError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}

function abandoned(): CodedError {
  return new CodedError('UNAVAILABLE', 'This show moved to another server; connect again.', { retryAfterMs: 1000 })
}
