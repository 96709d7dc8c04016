import { isHost, findStageMember } from '../../../contract/room.ts'
import { actorId, type Actor, type CommandMap, type MemberActor } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { byMember, changesNothing, type Deciders } from './decider.ts'
import { withoutOwner } from './ownership.ts'
import { endInvitation, endRequest } from './requests.ts'

/** Actions of hosts on people. */
export const moderationDeciders: Deciders<
  'cohost:set' | 'comment:mute' | 'member:remove' | 'member:unban' | 'people:list' | 'people:see'
> = {
  'cohost:set': ({ room }, { userId, cohost }, actor) =>
    room.cohostIds.includes(userId) === cohost ? [] : [{ type: 'cohost:changed', userId, cohost, by: actorId(actor) }],
  'comment:mute': byMember(muteComments),
  'member:remove': remove,
  'member:unban': (_state, { userId }, actor) =>
    actor.kind === 'system' ? [] : [{ type: 'member:unbanned', userId, by: actor.userId }],
  'people:list': changesNothing,
  'people:see': changesNothing
}

function muteComments(
  { room }: ServerRoomState,
  { userId, muted }: CommandMap['comment:mute'],
  { userId: by }: MemberActor
): ServerRoomEvent[] {
  return room.commentMutedIds.includes(userId) === muted ? [] : [{ type: 'comments:muted', userId, muted, by }]
}

/** A person who has left can still be banned. */
export function remove(
  state: ServerRoomState,
  { userId, ban }: CommandMap['member:remove'],
  actor: Actor
): readonly ServerRoomEvent[] {
  const { room, members, bannedIds } = state
  const by = actorId(actor)
  const isInShow = members.has(userId) || isHost(room, userId)
  if (!isInShow && (!ban || bannedIds.has(userId))) return []
  const reason = ban ? 'banned' : 'removed'
  const removal: ServerRoomEvent[] = [
    ...(findStageMember(room, userId) ? [{ type: 'floor:revoked', userId, by, reason } as const] : []),
    ...endRequest(state, userId, 'speak:rejected', by),
    ...endInvitation(state, userId, 'speak:withdrawn', by),
    { type: 'member:removed', userId, ban, by },
    { type: 'member:gone', userId }
  ]
  return userId === room.ownerId ? withoutOwner(state, removal) : removal
}
