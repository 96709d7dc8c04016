import type { RoomRecord } from '../../contract/room-events.ts'
import type { AudienceCounts } from '../../plugins/app/shows/audience-counts.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import { createAudience } from '../delivery/audience.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { AppliedEvents } from '../cluster/entries.ts'
import { apply } from '../room/apply.ts'
import {
  isLogged,
  isPresenceEvent,
  isVoteEvent,
  type LoggedEvent,
  type PresenceEvent,
  type ServerRoomEvent
} from '../room/events.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import { createGraceClock } from './grace-clock.ts'
import { createJingleClock } from './jingle-clock.ts'
import { createPlaybackClock } from './playback-clock.ts'
import { createPollClock } from './poll-clock.ts'
import { applyAndAnnounce, createRoomAnnouncer } from './room-announcer.ts'
import type { RoomJournal } from './room-journal.ts'
import type { RoomWrites } from './room-writes.ts'
import { createTallyClock } from './tally-clock.ts'
import type { VoteWrites } from './vote-writes.ts'

/** Whether something of a command's events is stored: votes, and those with a place in the log. Backstage none is. */
export type Outcome = 'stored' | 'unstored'

/** Holds the state of a room. Applies its events in order, and passes each to the members, the clocks and the log. */
export interface EventApplier {
  /** The state now. */
  readonly state: ServerRoomState
  /** Place of the last record in the log. */
  readonly seq: number
  /**
   * Applies the events of a command synchronously, and queues the write of those that have a place in the log. `cause`:
   * the id of the command, when another node forwarded it.
   */
  apply(events: readonly ServerRoomEvent[], at: number, cause?: string): Outcome
  stopClocks(): void
}

/** Callbacks to the room. The promises never reject. */
export interface EventApplierHost {
  /** A member's grace period should have ended. */
  onGraceOver(userId: string): Promise<void>
  /** The item that has played since `at` should have ended. */
  onItemEnded(itemId: string, at: number): Promise<void>
  /** The jingle that started at this time is over. */
  onJingleOver(startedAt: number): Promise<void>
  /** The time of the poll should be over. */
  onPollEnded(pollId: string): Promise<void>
  /** The votes should be counted. */
  onVoted(): Promise<void>
  /** Another item may be next. */
  onUpNextChanged(): void
}

export interface EventApplierParts extends EventApplierHost {
  state: ServerRoomState
  /** Place of the last record in the log. */
  seq: number
  audio: Pick<RoomAudio, 'leave'>
  delivery: Delivery
  writes: RoomWrites
  votes: VoteWrites
  journal?: RoomJournal
  nowMs: () => number
  /** Writes the records of a command to the log; safe to repeat. */
  append(records: readonly RoomRecord[], cause: string | undefined): Promise<void>
  /** Called with the events of a command, and the state after them, when the members here got them. */
  onApplied(applied: AppliedEvents, state: ServerRoomState): void
  /** Called in order with every logged event after it was sent, and with the state after the whole command. */
  onLogged(records: readonly RoomRecord[], state: ServerRoomState): void
  recordAudience(counts: AudienceCounts): void
  /** Called just before the members learn of the end: the last moment to send them something. */
  beforeEnd(): void
}

export function createEventApplier(parts: EventApplierParts): EventApplier {
  const { audio, delivery, writes, nowMs } = parts
  let { state, seq } = parts
  const { showId } = state.room
  const announcer = createRoomAnnouncer({ delivery, audio, beforeEnd: parts.beforeEnd })
  const audience = createAudience({
    counts: () => ({
      listenerCount: state.room.status === 'scheduled' ? 0 : state.listenerCount,
      totalListeners: state.visitorIds.size,
      queueLength: state.room.queueLength
    }),
    broadcast: counts => delivery.toShow(showId, 'audience', counts),
    record(counts) {
      // People who meet backstage are no audience.
      if (state.room.status !== 'scheduled') parts.recordAudience(counts)
    }
  })
  const graceClock = createGraceClock(async userId => {
    await parts.onGraceOver(userId)
    return state
  }, nowMs)
  const playbackClock = createPlaybackClock(async (itemId, at) => await parts.onItemEnded(itemId, at), nowMs)
  const jingleClock = createJingleClock(async startedAt => await parts.onJingleOver(startedAt), nowMs)
  // A restored room may be in the middle of an item. The producer of its jingle is gone, and its clock ends the jingle.
  playbackClock.watch(state.room.playback)
  jingleClock.watch(state.room.jingle)
  const pollClock = createPollClock(async pollId => {
    await parts.onPollEnded(pollId)
    return state.room.poll
  }, nowMs)
  pollClock.watch(state.room.poll)
  const tallyClock = createTallyClock(async () => await parts.onVoted())
  // The last count may have been lost with the home before this one.
  if (!state.ballots.isEmpty()) tallyClock.voted()

  /** Returns the record of the event; null backstage, of which nothing is stored. */
  function applyLogged(event: LoggedEvent, at: number): RoomRecord | null {
    state = applyAndAnnounce(state, event, at, announcer)
    if (event.type === 'playback:changed') playbackClock.watch(event.playback)
    if (event.type === 'jingle:changed') jingleClock.watch(event.jingle)
    if (event.type === 'playback:changed' || event.type === 'playlist:changed') parts.onUpNextChanged()
    if (event.type.startsWith('poll:') && event.type !== 'poll:counted') pollClock.watch(state.room.poll)
    if (event.type === 'show:ended') stopClocks()
    return state.room.status === 'scheduled' ? null : { seq: ++seq, at, event }
  }

  function applyPresence(event: PresenceEvent, at: number): void {
    const userId = 'member' in event ? event.member.userId : event.userId
    const before = state
    state = applyAndAnnounce(before, event, at, announcer)
    graceClock.watch(state, userId)
    const isNewcomer = state.visitorIds.has(userId) && !before.visitorIds.has(userId)
    audience.changed(isNewcomer ? userId : undefined)
  }

  function stopClocks(): void {
    graceClock.close()
    playbackClock.close()
    jingleClock.close()
    pollClock.close()
    tallyClock.close()
    audience.close()
  }

  return {
    get state() {
      return state
    },
    get seq() {
      return seq
    },
    apply(events, at, cause) {
      const records: RoomRecord[] = []
      for (const event of events) {
        parts.journal?.note(event, state, at)
        if (isLogged(event)) {
          const record = applyLogged(event, at)
          if (record) records.push(record)
        } else if (isPresenceEvent(event)) applyPresence(event, at)
        else state = apply(state, event, at)
      }
      if (events.length > 0) parts.onApplied({ events, at, seq, cause }, state)
      if (records.length > 0) {
        writes.add('events', async () => await parts.append(records, cause))
        for (const { event } of records) parts.votes.happened(event)
        parts.onLogged(records, state)
        audience.changed()
      }
      const votes = events.filter(isVoteEvent)
      if (votes.length > 0) {
        parts.votes.voted(votes)
        tallyClock.voted()
      }
      return records.length > 0 || votes.length > 0 ? 'stored' : 'unstored'
    },
    stopClocks
  }
}
