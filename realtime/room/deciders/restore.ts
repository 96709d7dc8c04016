import { findStageMember } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { Actor, CommandMap, PresentMember } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { profileOf } from './decider.ts'
import { ownerAsMember } from './show.ts'

/**
 * The room was read from its log, so it has no members yet. People who are present arrive, and keep their voice if it
 * is the one on stage. Nobody else is heard. The grace period of everybody who has a place and is absent starts now.
 * After a restart nobody is present.
 */
export function restore(
  state: ServerRoomState,
  { present }: CommandMap['server:restored'],
  _actor: Actor,
  nowMs: number
): ServerRoomEvent[] {
  const { room, limits, bannedIds } = state
  const isHeard = ({ userId, producerId }: PresentMember) =>
    producerId !== null && findStageMember(room, userId)?.producerId === producerId
  const admitted = present.filter(({ userId }) => !bannedIds.has(userId))
  // A later presence of a person replaces an earlier one, and the one with their voice is the right one.
  const arriving = [...admitted.filter(member => !isHeard(member)), ...admitted.filter(isHeard)]
  const here = new Map(arriving.map(member => [member.userId, member]))
  const ownerId = ownerOf(room)
  const isOwnerHere = here.has(ownerId)

  const suspended = room.stage.filter(({ userId, state }) => {
    const member = here.get(userId)
    return member ? state === 'onStage' && !isHeard(member) : state !== 'suspended'
  })
  const awaited = [...room.stage, ...room.queue, ...room.invited]
    .filter(({ userId }) => userId !== ownerId && !here.has(userId))
    .map(person => ({ ...profileOf(person), guest: false }))
  return [
    ...suspended.map(({ userId }) => ({ type: 'stage:suspended', userId }) as const),
    ...(isOwnerHere ? [] : [{ type: 'show:interrupted', until: nowMs + limits.creatorGraceMs } as const]),
    ...[...awaited, ...(isOwnerHere ? [] : [ownerAsMember(state)])].map(
      member => ({ type: 'member:awaited', member }) as const
    ),
    ...arriving.map(({ producerId, ...member }) => ({ type: 'member:arrived', member }) as const),
    ...(isOwnerHere && room.status === 'interrupted' ? [{ type: 'show:resumed' } as const] : [])
  ]
}
