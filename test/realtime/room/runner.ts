import type { RoomRecord, StampedEvent } from '../../../contract/room-events.ts'
import { apply } from '../../../realtime/room/apply.ts'
import type { Actor, Command } from '../../../realtime/room/commands.ts'
import { decide, isRefusal } from '../../../realtime/room/decide.ts'
import { isLogged, stamp, type ServerRoomEvent } from '../../../realtime/room/events.ts'
import { openingState, type ShowFacts } from '../../../realtime/room/opening-state.ts'
import type { Refusal, Rule } from '../../../realtime/room/rules/rule.ts'
import { createServerRoomState, type ServerRoomState } from '../../../realtime/room/server-room-state.ts'
import type { Hand, Place, Someone, Story, Wish } from './moves.ts'
import { limits, profile, settingsWith, showWith } from './people.ts'

/** What one move did to the room. `before` is the room as the command found it: after a restart, as it was stored. */
export interface Step {
  readonly actor: Actor
  readonly command: Command
  readonly at: number
  readonly before: ServerRoomState
  readonly after: ServerRoomState
  readonly refusal: Refusal | null
  readonly events: readonly ServerRoomEvent[]
  /** The events that travel, as they do. */
  readonly stamped: readonly StampedEvent[]
  /** The room in memory when the server went down, if it did. */
  readonly lost: ServerRoomState | null
}

/** Everything a story became: its steps so far, and all that was stored. */
export interface Course {
  readonly show: ShowFacts
  readonly steps: readonly Step[]
  readonly history: readonly RoomRecord[]
}

/** Plays a story by the rules and shows every step. What `watch` throws gets the story told with it. */
export function play(
  { maxSpeakers, moves }: Story,
  rules: readonly Rule[],
  watch: (step: Step, course: Course) => void
): Course {
  let show = showWith(maxSpeakers)
  const steps: Step[] = []
  const history: RoomRecord[] = []
  const sockets = createSockets()
  let at = 1_000_000
  let state: ServerRoomState = {
    ...createServerRoomState(openingState(show, at), limits, show.playlist.items),
    showVersion: show.version
  }

  for (const { waitMs, hand, wish } of moves) {
    at += waitMs
    let lost: ServerRoomState | null = null
    if (wish.type === 'restart' && isOn(state)) {
      lost = state
      state = { ...readBack(show, history), visitorIds: lost.visitorIds }
    }
    const actor = wish.type === 'restart' ? ({ kind: 'system' } as const) : actorOf(hand, wish, state, sockets)
    const command = completed(wish, state, sockets)
    const before = state
    const decision = decide(state, actor, command, at, rules)
    const refusal = isRefusal(decision) ? decision : null
    const events = isRefusal(decision) ? [] : decision
    const stamped: StampedEvent[] = []
    if (command.type === 'server:renamed' && !refusal && isOn(state)) sockets.rename(command)
    for (const event of events) {
      if (isLogged(event)) {
        stamped.push(stamp(state.room, event, at))
        history.push({ seq: history.length + 1, at, event })
      }
      if (event.type === 'playlist:loaded') {
        show = { ...show, playlist: { version: state.room.playlistVersion + 1, items: [...event.items] } }
      }
      state = apply(state, event, at)
    }
    const step = { actor, command, at, before, after: state, refusal, events, stamped, lost }
    steps.push(step)
    try {
      watch(step, { show, steps, history })
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\n${steps.map(told).join('\n')}`, {
        cause: error
      })
    }
  }
  return { show, steps, history }
}

/** A room from its stored records, behind the state they follow. */
export function replay(state: ServerRoomState, history: readonly RoomRecord[]): ServerRoomState {
  return history.reduce((before, { event, at }) => apply(before, event, at), state)
}

/** A room from what is stored of it. */
export function readBack(show: ShowFacts, history: readonly RoomRecord[]): ServerRoomState {
  return replay(createServerRoomState(openingState(show, 0), limits, show.playlist.items), history)
}

const isOn = ({ room }: ServerRoomState) => room.status === 'live' || room.status === 'interrupted'

interface Named {
  userId: string
  displayName: string
  avatarUrl: string | null
}

/** Which sockets people came with, and under which name; a new one for every join but a repeated one. */
interface Sockets {
  person(userId: string): Named
  rename(person: Named): void
  latest(userId: string): string
  older(userId: string): string
  open(userId: string): void
  fresh(what: string): string
}

function createSockets(): Sockets {
  const opened = new Map<string, number>()
  const names = new Map<string, Named>()
  let made = 0
  const name = (userId: string, n: number) => `${userId}-${n}`
  const count = (userId: string) => opened.get(userId) ?? 0
  return {
    person: userId => names.get(userId) ?? profile(userId),
    rename: ({ userId, displayName, avatarUrl }) => {
      names.set(userId, { userId, displayName, avatarUrl })
    },
    latest: userId => name(userId, count(userId)),
    older: userId => name(userId, Math.max(0, count(userId) - 1)),
    open: userId => {
      opened.set(userId, count(userId) + 1)
    },
    fresh: what => `${what}${++made}`
  }
}

function whoIs(someone: Someone, { room, members, bannedIds, lastComments }: ServerRoomState): string {
  if (typeof someone === 'string') return someone
  const places: Record<Place, string[]> = {
    stage: room.stage.map(({ userId }) => userId),
    queue: room.queue.map(({ userId }) => userId),
    invited: room.invited.map(({ userId }) => userId),
    away: [...members.values()].filter(({ presenceId }) => presenceId === null).map(({ userId }) => userId),
    cohosts: [...room.cohostIds],
    banned: [...bannedIds],
    silenced: [...room.commentMutedIds],
    commenters: [...lastComments.keys()]
  }
  const found = places[someone.in]
  return found[someone.n % found.length] ?? someone.otherwise
}

function actorOf(hand: Hand, wish: Wish, state: ServerRoomState, sockets: Sockets): Actor {
  if (hand.kind !== 'member') return hand
  const { old } = hand
  const userId = whoIs(hand.userId, state)
  if (wish.type === 'show:join' && !wish.again) sockets.open(userId)
  return {
    kind: 'member',
    ...profile(userId),
    ...sockets.person(userId),
    presenceId: old && wish.type !== 'show:join' ? sockets.older(userId) : sockets.latest(userId)
  }
}

function completed(wish: Wish, state: ServerRoomState, sockets: Sockets): Command {
  switch (wish.type) {
    case 'restart':
      return { type: 'server:restored' }
    case 'show:join':
      return { type: 'show:join' }
    case 'server:showEdited':
      return edit(wish, state)
    case 'speak:answer':
      return { type: 'speak:answer', requestId: requestIdFor(wish.request, state), accept: wish.accept }
    case 'media:produced':
      return {
        type: 'media:produced',
        producerId: sockets.fresh('producer'),
        ...(wish.muted !== null && { muted: wish.muted })
      }
    case 'server:dropped': {
      const userId = whoIs(wish.userId, state)
      return { type: wish.type, userId, presenceId: wish.old ? sockets.older(userId) : sockets.latest(userId) }
    }
    case 'server:producerLost':
    case 'server:overBitrate': {
      const userId = whoIs(wish.userId, state)
      const heard = state.room.stage.find(member => member.userId === userId)?.producerId
      return { type: wish.type, userId, producerId: wish.old ? 'producer0' : (heard ?? 'producer0') }
    }
    case 'server:playlistEdited':
      return { type: wish.type, items: wish.items, version: state.room.playlistVersion + (wish.stale ? 0 : 1) }
    case 'playback:next':
      return wish.from === 'current' && state.room.playback.item
        ? { type: wish.type, from: state.room.playback.item.id }
        : wish.from === 'current'
          ? { type: wish.type }
          : wish
    case 'server:itemEnded':
      return {
        type: wish.type,
        itemId: state.room.playback.item?.id ?? 'piece1',
        at: wish.old ? 0 : state.room.playback.at
      }
    case 'server:songMoved':
      return { type: wish.type, producerId: sockets.fresh('song') }
    case 'comment:delete':
      return { type: wish.type, authorId: wish.author === null ? null : whoIs(wish.author, state) }
    case 'server:commentLost': {
      const userId = whoIs(wish.userId, state)
      return { type: wish.type, userId, atMs: wish.old ? 0 : (state.lastComments.get(userId)?.atMs ?? 0) }
    }
    default:
      return 'userId' in wish ? { ...wish, userId: whoIs(wish.userId, state) } : wish
  }
}

function requestIdFor(choice: Extract<Wish, { type: 'speak:answer' }>['request'], { room }: ServerRoomState): string {
  return 'id' in choice ? choice.id : (room.queue[choice.waiting % (room.queue.length || 1)]?.requestId ?? 'r1')
}

/** `reordered` names the same settings in another order, as a client may. */
function edit(
  {
    title,
    maxSpeakers,
    speakRequests,
    comments,
    slowModeMs,
    atEnd,
    reordered,
    stale
  }: Extract<Wish, { type: 'server:showEdited' }>,
  { showVersion }: ServerRoomState
): Command {
  const settings = settingsWith({ maxSpeakers, speakRequests, comments, slowModeMs, atEnd })
  const {
    ducking: { on, levelDb },
    ...others
  } = settings
  return {
    type: 'server:showEdited',
    version: showVersion + (stale ? 0 : 1),
    title,
    description: '',
    settings: reordered ? { ducking: { levelDb, on }, ...others } : settings
  }
}

function told({ actor, command: { type, ...rest }, at, refusal, events }: Step): string {
  const who =
    actor.kind === 'system'
      ? 'the system'
      : actor.kind === 'member'
        ? actor.presenceId
        : `${actor.kind} ${actor.userId}`
  const outcome = refusal ? refusal.code : events.map(summary).join(', ') || 'nothing'
  return `${at} ${who}: ${type} ${JSON.stringify(rest)} → ${outcome}`
}

function summary(event: ServerRoomEvent): string {
  return 'userId' in event ? `${event.type}(${event.userId})` : event.type
}
