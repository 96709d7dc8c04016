import { ownerOf } from '../../../contract/stage.ts'
import type { CommandMap, MemberActor } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { byMember, profileOf, type Deciders } from './decider.ts'

/** Handing the show over to another host, who runs the room until the end. */
export const ownershipDeciders: Deciders<'show:handOver'> = { 'show:handOver': byMember(handOver) }

/** The comments of the new owner are accepted: nobody else could unmute them. */
function handOver(
  { room, members }: ServerRoomState,
  { userId }: CommandMap['show:handOver'],
  { userId: by }: MemberActor
): ServerRoomEvent[] {
  const member = members.get(userId)
  if (!member || userId === ownerOf(room)) return []
  return [
    ...(room.commentMutedIds.includes(userId) ? [{ type: 'comments:muted', userId, muted: false, by } as const] : []),
    { type: 'show:handedOver', ...profileOf(member), by }
  ]
}

/**
 * Wraps the events that end the place of an owner who is not the creator. The creator runs the room again if they are
 * connected; otherwise nobody does, and the show ends.
 */
export function withoutOwner(
  { room, members }: ServerRoomState,
  ending: readonly ServerRoomEvent[]
): readonly ServerRoomEvent[] {
  const creator = members.get(room.creatorId)
  if (!creator || creator.presenceId === null) {
    // The end takes everybody's place. A lost role and lost words outlast it.
    return [...ending.filter(({ type }) => !endsPlace(type)), { type: 'show:ended', reason: 'creatorLeft' }]
  }
  return [
    { type: 'show:handedOver', ...profileOf(creator), by: null },
    ...ending,
    ...(room.status === 'interrupted' ? [{ type: 'show:resumed' } as const] : [])
  ]
}

function endsPlace(type: ServerRoomEvent['type']): boolean {
  return type === 'member:gone' || /^(stage|floor|speak):/u.test(type)
}
