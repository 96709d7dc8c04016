import type { StampedEvent } from '../../../contract/room-events.ts'
import type { Actor, Command } from '../../../realtime/room/commands.ts'
import { decide, isRefusal } from '../../../realtime/room/decide.ts'
import {
  emptyHouse,
  evolveHouse,
  evolvePresence,
  isPresenceEvent,
  stamp,
  type House,
  type HouseEvent,
  type PresenceEvent
} from '../../../realtime/room/server-room-state.ts'
import { openingState, type RoomRecord, type ShowFacts } from '../../../realtime/room/opening.ts'
import type { Refusal, Rule } from '../../../realtime/room/rules.ts'
import type { Hand, Place, Someone, Story, Wish } from './moves.ts'
import { loadPlaylist } from '../../../realtime/room/playback.ts'
import { limits, profile, settingsWith, showWith } from './people.ts'

/** What one move did to the room. `before` is the room as the command found it: after a restart, as it was stored. */
export interface Step {
  readonly actor: Actor
  readonly command: Command
  readonly at: number
  readonly before: House
  readonly after: House
  readonly refusal: Refusal | null
  readonly events: readonly HouseEvent[]
  /** The events that travel, as they do. */
  readonly stamped: readonly StampedEvent[]
  /** The room in memory when the server went down, if it did. */
  readonly lost: House | null
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
  let house = emptyHouse(openingState(show, at), limits, show.playlist.items)

  for (const { waitMs, hand, wish } of moves) {
    at += waitMs
    let lost: House | null = null
    if (wish.type === 'restart' && isOn(house)) {
      lost = house
      house = readBack(show, history)
      for (const userId of lost.visitorIds) house.visitorIds.add(userId)
    }
    const actor = wish.type === 'restart' ? ({ kind: 'server' } as const) : actorOf(hand, wish, house, sockets)
    const command = completed(wish, house, sockets)
    const before = frozen(house)
    const decision = decide(house, actor, command, at, rules)
    const refusal = isRefusal(decision) ? decision : null
    const events = isRefusal(decision) ? [] : decision
    const stamped: StampedEvent[] = []
    if (command.type === 'server:renamed' && !refusal && isOn(house)) sockets.rename(command)
    for (const event of events) {
      if (isPresenceEvent(event)) evolvePresence(house, event, at)
      else if (event.type === 'playlist:loaded') {
        house = { ...house, playlist: loadPlaylist(house, event.items) }
        show = { ...show, playlist: { version: house.room.playlistVersion + 1, items: [...event.items] } }
      } else {
        const travelling = stamp(house.room, event, at)
        house = evolveHouse(house, travelling)
        stamped.push(travelling)
        history.push({ seq: history.length + 1, at, event })
      }
    }
    const step = { actor, command, at, before, after: frozen(house), refusal, events, stamped, lost }
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

/** Presence changes in place, so what is to be kept is copied. */
function frozen(house: House): House {
  return {
    ...house,
    members: new Map(house.members),
    visitorIds: new Set(house.visitorIds),
    commented: new Map(house.commented)
  }
}

/** A room from what is stored of it. */
export function readBack(show: ShowFacts, history: readonly RoomRecord[]): House {
  return history.reduce(
    (house, { event, at }) => evolveHouse(house, stamp(house.room, event, at)),
    emptyHouse(openingState(show, 0), limits, show.playlist.items)
  )
}

const isOn = ({ room }: House) => room.status === 'live' || room.status === 'interrupted'

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

function whoIs(someone: Someone, { room, members, bannedIds, commented }: House): string {
  if (typeof someone === 'string') return someone
  const places: Record<Place, string[]> = {
    stage: room.stage.map(({ userId }) => userId),
    queue: room.queue.map(({ userId }) => userId),
    invited: room.invited.map(({ userId }) => userId),
    away: [...members.values()].filter(({ sessionId }) => sessionId === null).map(({ userId }) => userId),
    cohosts: [...room.cohostIds],
    banned: [...bannedIds],
    silenced: [...room.commentMutedIds],
    commenters: [...commented.keys()]
  }
  const found = places[someone.in]
  return found[someone.n % found.length] ?? someone.otherwise
}

function actorOf(hand: Hand, wish: Wish, house: House, sockets: Sockets): Actor {
  if (hand.kind !== 'member') return hand
  const { old } = hand
  const userId = whoIs(hand.userId, house)
  if (wish.type === 'show:join' && !wish.again) sockets.open(userId)
  return {
    kind: 'member',
    ...profile(userId),
    ...sockets.person(userId),
    sessionId: old && wish.type !== 'show:join' ? sockets.older(userId) : sockets.latest(userId)
  }
}

function completed(wish: Wish, house: House, sockets: Sockets): Command {
  switch (wish.type) {
    case 'restart':
      return { type: 'server:restored' }
    case 'show:join':
      return { type: 'show:join' }
    case 'show:edit':
      return edit(wish)
    case 'speak:answer':
      return { type: 'speak:answer', requestId: requestIdFor(wish.request, house), accept: wish.accept }
    case 'media:produced':
      return {
        type: 'media:produced',
        producerId: sockets.fresh('producer'),
        ...(wish.muted !== null && { muted: wish.muted })
      }
    case 'server:dropped': {
      const userId = whoIs(wish.userId, house)
      return { type: wish.type, userId, sessionId: wish.old ? sockets.older(userId) : sockets.latest(userId) }
    }
    case 'server:producerLost':
    case 'server:overBitrate': {
      const userId = whoIs(wish.userId, house)
      const heard = house.room.stage.find(member => member.userId === userId)?.producerId
      return { type: wish.type, userId, producerId: wish.old ? 'producer0' : (heard ?? 'producer0') }
    }
    case 'playlist:edit':
      return { type: wish.type, items: wish.items, version: house.room.playlistVersion + (wish.stale ? 0 : 1) }
    case 'playback:next':
      return wish.from === 'current' && house.room.playback.item
        ? { type: wish.type, from: house.room.playback.item.id }
        : wish.from === 'current'
          ? { type: wish.type }
          : wish
    case 'server:itemEnded':
      return {
        type: wish.type,
        itemId: house.room.playback.item?.id ?? 'piece1',
        at: wish.old ? 0 : house.room.playback.at
      }
    case 'server:songMoved':
      return { type: wish.type, producerId: sockets.fresh('song') }
    case 'comment:delete':
      return { type: wish.type, authorId: wish.author === null ? null : whoIs(wish.author, house) }
    case 'server:commentLost': {
      const userId = whoIs(wish.userId, house)
      return { type: wish.type, userId, atMs: wish.old ? 0 : (house.commented.get(userId)?.atMs ?? 0) }
    }
    default:
      return 'userId' in wish ? { ...wish, userId: whoIs(wish.userId, house) } : wish
  }
}

function requestIdFor(choice: Extract<Wish, { type: 'speak:answer' }>['request'], { room }: House): string {
  return 'id' in choice ? choice.id : (room.queue[choice.waiting % (room.queue.length || 1)]?.requestId ?? 'r1')
}

/** `reordered` names the same settings in another order, as a client may. */
function edit({
  title,
  maxSpeakers,
  speakRequests,
  comments,
  slowModeMs,
  atEnd,
  reordered
}: Extract<Wish, { type: 'show:edit' }>): Command {
  const settings = settingsWith({ maxSpeakers, speakRequests, comments, slowModeMs, atEnd })
  const {
    ducking: { on, levelDb },
    ...others
  } = settings
  return {
    type: 'show:edit',
    title,
    description: '',
    settings: reordered ? { ducking: { levelDb, on }, ...others } : settings
  }
}

function told({ actor, command: { type, ...rest }, at, refusal, events }: Step): string {
  const who =
    actor.kind === 'server' ? 'the server' : actor.kind === 'member' ? actor.sessionId : `${actor.kind} ${actor.userId}`
  const outcome = refusal ? refusal.code : events.map(summary).join(', ') || 'nothing'
  return `${at} ${who}: ${type} ${JSON.stringify(rest)} → ${outcome}`
}

function summary(event: HouseEvent | PresenceEvent): string {
  return 'userId' in event ? `${event.type}(${event.userId})` : event.type
}
