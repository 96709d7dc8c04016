import { isDeepStrictEqual } from 'node:util'
import type { FastifyBaseLogger } from 'fastify'
import { CodedError } from '../../contract/errors.ts'
import type { RoomState } from '../../contract/room.ts'
import { createMediaEffects } from '../audio/media-effects.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { Actor, Command, PresentMember } from '../room/commands.ts'
import { decide, isRefusal } from '../room/decide.ts'
import { presenceOf, type ServerRoomState } from '../room/server-room-state.ts'
import { refused } from '../rooms/refused.ts'
import { applyAndAnnounce, createRoomAnnouncer } from '../rooms/room-announcer.ts'
import type { RoomStore } from '../rooms/room-store.ts'
import type { Bus, Unsubscribe } from './bus.ts'
import { parseEntry, type AppliedEvents, type Entry } from './entries.ts'
import { catchUp } from './catch-up.ts'
import { fromReplicaState } from './replica-state.ts'
import type { Following } from './room-calls.ts'
import { endUnknownPresences } from './unknown-presences.ts'

/**
 * A show whose home is another node, as this node's members see it. It takes the home's events in order, sends them to
 * the members here, and decides nothing.
 */
export interface ReplicaRoom {
  readonly showId: string
  readonly state: ServerRoomState
  check(actor: Actor, command: Command): void
  /** Calls back when the events of a forwarded command arrive, synchronously after they were applied. */
  expect(cause: string, onCommitted: (state: ServerRoomState) => void): void
  forget(cause: string): void
  /** Resolves when an entry of a home, or a later home, has been applied. Throws UNAVAILABLE at the deadline. */
  reached(token: number, n: number, timeoutMs: number): Promise<void>
  /** Keeps the entries that arrive from now on, until a home is followed. */
  pause(): void
  /**
   * Continues from what a home answered. Members here get what they missed; if that cannot be known, they are asked to
   * connect again.
   */
  install(following: Following): Promise<void>
  /**
   * Sends the members here what they have missed up to a record of the log; null: all that is stored. Throws
   * UNAVAILABLE when it is not stored in time.
   */
  catchUpTo(lastSeq: number | null): Promise<void>
  /** Takes no more entries. The members stay. */
  stop(): void
}

export interface ReplicaRoomParts {
  following: Following
  delivery: Delivery
  audio: RoomAudio
  log: Pick<RoomStore['log'], 'read'>
  /** The people in the show who are connected to this node. */
  presentHere(): PresentMember[]
  logger: Pick<FastifyBaseLogger, 'warn' | 'error'>
  nowMs: () => number
  /** The home may have changed, or an entry was missed. Called once until the next `install`. */
  onStale(): void
  /** The state has changed. */
  onChanged(state: ServerRoomState): void
  /** The show has ended, and the members know. */
  onEnded(): void
}

/** Opens a replica. The stream is subscribed before the home is asked, so that no entry is missed. */
export async function openReplica(
  showId: string,
  bus: Pick<Bus, 'follow'>,
  follow: () => Promise<Following>,
  parts: Omit<ReplicaRoomParts, 'following'>
): Promise<ReplicaRoom> {
  const early: string[] = []
  let take = (text: string): void => {
    early.push(text)
  }
  const unsubscribe = await bus.follow(showId, text => take(text))
  try {
    const following = await follow()
    const replica = createReplicaRoom({ ...parts, following }, unsubscribe)
    take = replica.take
    for (const text of early) replica.take(text)
    return replica.room
  } catch (error) {
    unsubscribe()
    throw error
  }
}

interface Waiter {
  readonly token: number
  readonly n: number
  readonly resolve: () => void
}

function createReplicaRoom(parts: ReplicaRoomParts, unsubscribe: Unsubscribe) {
  const { delivery, audio, logger, following } = parts
  let state = fromReplicaState(following.state)
  let { token, n, seq } = following
  const { showId } = state.room
  /** Entries that arrive while the home is asked; null while they are applied at once. */
  let waiting: Entry[] | null = null
  let isStopped = false
  let catchingUp: Promise<void> = Promise.resolve()
  const expected = new Map<string, (state: ServerRoomState) => void>()
  const waiters = new Set<Waiter>()
  const announcer = createRoomAnnouncer({ delivery, audio, beforeEnd() {} })
  const effects = createMediaEffects({ audio, state: () => state, logger })

  /** The home has asked this node to change the audio already. If that was lost, it happens now. */
  function repeatOnAudio(event: AppliedEvents['events'][number]): void {
    if (event.type !== 'mute:changed' && event.type !== 'floor:revoked' && event.type !== 'stage:left') return
    const presenceId = presenceOf(state, event.userId)
    const producerId = state.room.stage.find(({ userId }) => userId === event.userId)?.producerId ?? null
    if (presenceId === null || producerId === null || audio.producerOf(presenceId) !== producerId) return
    effects.prepare(event).catch((error: unknown) => logger.error({ err: error, showId }, 'audio not changed'))
  }

  function applyEvents({ events, at, seq: last, cause }: AppliedEvents): void {
    for (const event of events) {
      repeatOnAudio(event)
      state = applyAndAnnounce(state, event, at, announcer)
    }
    seq = last
    if (cause !== undefined) expected.get(cause)?.(state)
    parts.onChanged(state)
  }

  function becomeStale(): void {
    waiting = []
    parts.onStale()
  }

  function takeNow(entry: Entry): void {
    if (entry.token < token || (entry.token === token && entry.n <= n)) return
    if (entry.token > token || entry.n !== n + 1) return becomeStale()
    n = entry.n
    if (entry.kind === 'events' || entry.kind === 'backstage') applyEvents(entry)
    else if (entry.kind === 'message') delivery.toShow(showId, entry.event, entry.payload)
    // The home closes the backstage.
    else if (state.room.status === 'scheduled') becomeStale()
    resolveWaiters()
    if (state.room.status === 'ended') parts.onEnded()
  }

  function resolveWaiters(): void {
    for (const waiter of waiters) {
      if (waiter.token < token || (waiter.token === token && waiter.n <= n)) {
        waiters.delete(waiter)
        waiter.resolve()
      }
    }
  }

  /** Takes the entries that arrived meanwhile. One that does not fit makes the replica stale again. */
  function takeWaiting(): void {
    const entries = waiting ?? []
    waiting = null
    for (const entry of entries) {
      if (waiting) return
      takeNow(entry)
    }
  }

  /** One at a time, because members would get the same records twice. */
  async function catchUpTo(lastSeq: number | null): Promise<void> {
    const next = catchingUp.then(async () => {
      ;({ state, seq } = await catchUp({ showId, state, seq, lastSeq, log: parts.log, announcer }))
    })
    catchingUp = next.catch(() => {})
    await next
  }

  async function install(next: Following): Promise<void> {
    const fresh = fromReplicaState(next.state)
    // Events backstage are in no log, and versions begin again with the start: only the rooms can be compared then.
    const wasBackstage = state.room.status === 'scheduled'
    await catchUpTo(next.seq)
    const isSame = wasBackstage ? isDeepStrictEqual(state.room, fresh.room) : hasSameVersions(state.room, fresh.room)
    state = fresh
    ;({ token, n, seq } = next)
    if (!isSame) delivery.drainShow(showId)
    else endUnknownPresences(state, parts.presentHere(), audio, delivery)
    parts.onChanged(state)
    takeWaiting()
    resolveWaiters()
  }

  function take(text: string): void {
    if (isStopped) return
    const entry = parseEntry(text)
    if (!entry) return logger.warn({ showId }, 'entry of a show dropped, because it does not parse')
    if (waiting) waiting.push(entry)
    else takeNow(entry)
  }

  const room: ReplicaRoom = {
    showId,
    get state() {
      return state
    },
    check(actor, command) {
      const decision = decide(state, actor, command, parts.nowMs())
      if (isRefusal(decision)) throw refused(decision)
    },
    expect: (cause, onCommitted) => expected.set(cause, onCommitted),
    forget: cause => expected.delete(cause),
    async reached(ofToken, ofN, timeoutMs) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiter = { token: ofToken, n: ofN, resolve }
      const timer = setTimeout(() => reject(new CodedError('UNAVAILABLE', late)), timeoutMs)
      waiters.add(waiter)
      resolveWaiters()
      await promise.finally(() => {
        clearTimeout(timer)
        waiters.delete(waiter)
      })
    },
    pause() {
      waiting ??= []
    },
    install,
    catchUpTo,
    stop() {
      isStopped = true
      unsubscribe()
    }
  }
  return { room, take }
}

function hasSameVersions(one: RoomState, other: RoomState): boolean {
  return one.version === other.version && one.queueVersion === other.queueVersion
}

const late = 'This happened, but is not known here yet; check and try again.'
