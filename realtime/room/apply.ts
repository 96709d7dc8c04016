import { evolve } from '../../contract/room.ts'
import {
  isLogged,
  isVoteEvent,
  stamp,
  type CommentEvent,
  type LoggedEvent,
  type PresenceEvent,
  type ServerRoomEvent
} from './events.ts'
import { loadPlaylist } from './playlist.ts'
import { noBallots, withVote } from './votes.ts'
import { requestNumber, type Member, type ServerRoomState } from './server-room-state.ts'

/**
 * The state after an event that happened `at` (ms since the epoch). Pure; it trusts the event, since rules live in
 * `decide`.
 */
export function apply(state: ServerRoomState, event: ServerRoomEvent, at: number): ServerRoomState {
  if (isLogged(event)) return applyLogged(state, event, at)
  if (isVoteEvent(event)) return { ...state, ballots: withVote(state.ballots, event) }
  switch (event.type) {
    case 'playlist:loaded':
      return { ...state, playlist: loadPlaylist(state, event.items) }
    case 'show:loaded':
      return { ...state, showVersion: event.version }
    case 'backstage:loaded':
      return { ...state, backstage: { version: event.version, guests: event.guests } }
    case 'member:commented':
    case 'member:commentLost':
      return applyComment(state, event, at)
    default:
      return applyPresence(state, event, at)
  }
}

function applyLogged(before: ServerRoomState, event: LoggedEvent, at: number): ServerRoomState {
  const state = { ...before, room: evolve(before.room, stamp(before.room, event, at)) }
  switch (event.type) {
    case 'speak:requested':
      return { ...state, requestCount: Math.max(state.requestCount, requestNumber(event.requestId) ?? 0) }
    case 'member:removed':
      return event.ban ? { ...state, bannedIds: state.bannedIds.add(event.userId) } : state
    case 'member:unbanned':
      return { ...state, bannedIds: state.bannedIds.delete(event.userId) }
    case 'show:ended':
      return {
        ...state,
        members: state.members.clear(),
        listenerCount: 0,
        lastComments: state.lastComments.clear(),
        ballots: noBallots
      }
    case 'poll:dismissed':
      return { ...state, ballots: state.ballots.delete(event.pollId) }
    case 'song:settled':
      return { ...state, ballots: state.ballots.delete(event.requestId) }
    default:
      return state
  }
}

function applyPresence(state: ServerRoomState, event: PresenceEvent, at: number): ServerRoomState {
  switch (event.type) {
    case 'member:arrived': {
      const { userId } = event.member
      const arrived = withMember(state, userId, { ...event.member, awaySinceMs: null })
      // People who meet backstage count as visitors from the start of the show on.
      const isVisitor = userId !== state.room.creatorId && state.room.status !== 'scheduled'
      return isVisitor ? { ...arrived, visitorIds: arrived.visitorIds.add(userId) } : arrived
    }
    case 'member:awaited':
      return withMember(state, event.member.userId, { ...event.member, presenceId: null, awaySinceMs: at })
    case 'member:gone':
      return withMember(state, event.userId, undefined)
    case 'member:away':
      return editMember(state, event.userId, { presenceId: null, awaySinceMs: at })
    case 'member:renamed':
      return editMember(state, event.userId, { displayName: event.displayName, avatarUrl: event.avatarUrl })
  }
}

function editMember(state: ServerRoomState, userId: string, change: Partial<Member>): ServerRoomState {
  const member = state.members.get(userId)
  return member ? withMember(state, userId, { ...member, ...change }) : state
}

/** Replaces a member; undefined takes them out. */
function withMember(state: ServerRoomState, userId: string, member: Member | undefined): ServerRoomState {
  const wasConnected = isConnected(state.members.get(userId))
  const change = userId === state.room.creatorId ? 0 : Number(isConnected(member)) - Number(wasConnected)
  return {
    ...state,
    members: member ? state.members.set(userId, member) : state.members.delete(userId),
    listenerCount: state.listenerCount + change
  }
}

function isConnected(member: Member | undefined): boolean {
  return member !== undefined && member.presenceId !== null
}

function applyComment(state: ServerRoomState, { type, userId }: CommentEvent, at: number): ServerRoomState {
  const { lastComments } = state
  const last = lastComments.get(userId)
  if (type === 'member:commented') {
    return { ...state, lastComments: lastComments.set(userId, { atMs: at, beforeMs: last?.atMs ?? null }) }
  }
  const earlierMs = last?.beforeMs ?? null
  return {
    ...state,
    lastComments:
      earlierMs === null ? lastComments.delete(userId) : lastComments.set(userId, { atMs: earlierMs, beforeMs: null })
  }
}
