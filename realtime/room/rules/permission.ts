import { isHost } from '../../../contract/room.ts'
import { actorId } from '../commands.ts'
import {
  hasFloor,
  isActingHost,
  isCohost,
  isCommentMuted,
  isCreator,
  isGuest,
  isInvited,
  isOwner,
  isOwnerAway,
  isWaiting,
  targetOf
} from './conditions.ts'
import { rule, type Rule } from './rule.ts'

/** Permissions of actors: BANNED, FORBIDDEN, NO_FLOOR. */
export const permissionRules: readonly Rule[] = [
  rule(
    'banned people cannot join',
    ['show:join'],
    'BANNED',
    'You were removed from this show for good.',
    ({ bannedIds }, actor) => bannedIds.has(actorId(actor) ?? '')
  ),
  rule(
    'the creator starts the show, or the system restores it',
    ['show:start'],
    'FORBIDDEN',
    'Only the creator may do this.',
    (state, actor) => actor.kind !== 'system' && !isCreator(state, actor)
  ),
  rule(
    'the owner runs the room',
    ['show:announce', 'cohost:set', 'show:handOver'],
    'FORBIDDEN',
    'Only the host who runs the show may do this.',
    (state, actor) => !isOwner(state, actor)
  ),
  rule(
    'the owner or an operator ends the show, and its creator while the owner is away',
    ['show:end'],
    'FORBIDDEN',
    'Only the host who runs the show may end it.',
    (state, actor) =>
      actor.kind !== 'operator' && !isOwner(state, actor) && !(isCreator(state, actor) && isOwnerAway(state))
  ),
  rule(
    'a show is handed over to a host',
    ['show:handOver'],
    'FORBIDDEN',
    'Only a co-host can take the show over. Make them a co-host first.',
    ({ room }, _, { userId }) => !isHost(room, userId)
  ),
  rule(
    'hosts decide about others',
    [
      'speak:answer',
      'speak:rejectAll',
      'speak:invite',
      'speak:revoke',
      'mute:all',
      'comment:mute',
      'comment:answer',
      'comment:pin',
      'link:pin',
      'pin:remove',
      'poll:open',
      'poll:close',
      'poll:dismiss',
      'song:dismiss',
      'playback:play',
      'playback:next',
      'playback:pause',
      'playback:stop',
      'playback:level',
      'jingle:play',
      'playlist:editing',
      'recording:set',
      'member:unban',
      'people:list'
    ],
    'FORBIDDEN',
    'Only the creator and co-hosts may do this.',
    (state, actor) => !isActingHost(state, actor)
  ),
  rule(
    'hosts remove people, or the system does for a block',
    ['member:remove'],
    'FORBIDDEN',
    'Only the creator and co-hosts may do this.',
    (state, actor) => actor.kind !== 'system' && !isActingHost(state, actor)
  ),
  rule(
    'only hosts mute others',
    ['mute:set'],
    'FORBIDDEN',
    'Only the creator and co-hosts may mute others.',
    (state, actor, { userId }) => userId !== actorId(actor) && !isActingHost(state, actor)
  ),
  rule(
    'nobody unmutes another person',
    ['mute:set'],
    'FORBIDDEN',
    'Only they themselves may unmute.',
    (_, actor, { userId, muted }) => userId !== actorId(actor) && !muted
  ),
  rule(
    'guests do not speak',
    ['speak:request'],
    'FORBIDDEN',
    'Guests can listen and react; sign in to speak.',
    (_, actor) => isGuest(actor)
  ),
  rule(
    'guests do not comment',
    ['comment:send'],
    'FORBIDDEN',
    'Guests can listen and react; sign in to comment.',
    (_, actor) => isGuest(actor)
  ),
  rule(
    'comments can be closed',
    ['comment:send'],
    'FORBIDDEN',
    'Comments are closed in this show.',
    (state, actor) => state.room.settings.comments === 'closed' && !isActingHost(state, actor)
  ),
  rule(
    'muted people do not comment',
    ['comment:send'],
    'FORBIDDEN',
    'A host has muted your comments in this show.',
    (state, actor) => isCommentMuted(state, actorId(actor))
  ),
  rule(
    'comments are deleted by their author and by hosts',
    ['comment:delete'],
    'FORBIDDEN',
    'Only its author and the hosts may delete a comment.',
    (state, actor, { authorId }) => authorId !== null && authorId !== actorId(actor) && !isActingHost(state, actor)
  ),
  rule(
    'guests are not invited on stage',
    ['speak:invite', 'cohost:set'],
    'FORBIDDEN',
    'Guests can only listen and react.',
    ({ members }, _, { userId }) => members.get(userId)?.guest === true
  ),
  rule(
    'nobody acts on the creator',
    ['speak:revoke', 'member:remove', 'comment:mute'],
    'FORBIDDEN',
    'Nobody can do this to the creator.',
    ({ room }, _, { userId }) => userId === room.creatorId
  ),
  rule(
    'nobody acts on the owner of the room',
    ['speak:revoke', 'comment:mute'],
    'FORBIDDEN',
    'Nobody can do this to the host who runs the show.',
    ({ room }, _, { userId }) => userId === room.ownerId
  ),
  rule(
    'only the creator or the system removes the owner of the room',
    ['member:remove'],
    'FORBIDDEN',
    'Only the creator may remove the host who runs the show.',
    (state, actor, { userId }) => userId === state.room.ownerId && actor.kind !== 'system' && !isCreator(state, actor)
  ),
  rule(
    'nobody else mutes the creator',
    ['mute:set'],
    'FORBIDDEN',
    'Nobody else mutes the creator.',
    ({ room }, actor, { userId }) => userId === room.creatorId && userId !== actorId(actor)
  ),
  rule(
    'only the owner acts on co-hosts',
    ['speak:answer', 'speak:invite', 'speak:revoke', 'comment:mute'],
    'FORBIDDEN',
    'Only the host who runs the show acts on co-hosts.',
    (state, actor, command) => isCohost(state, targetOf(state, command)) && !isOwner(state, actor)
  ),
  rule(
    'only the owner, the creator or the system removes co-hosts',
    ['member:remove'],
    'FORBIDDEN',
    'Only the host who runs the show acts on co-hosts.',
    (state, actor, { userId }) =>
      isCohost(state, userId) && actor.kind !== 'system' && !isOwner(state, actor) && !isCreator(state, actor)
  ),
  rule(
    'only the owner mutes co-hosts',
    ['mute:set'],
    'FORBIDDEN',
    'Only the host who runs the show mutes co-hosts.',
    (state, actor, { userId }) => isCohost(state, userId) && userId !== actorId(actor) && !isOwner(state, actor)
  ),
  rule(
    'speak requests can be closed',
    ['speak:request'],
    'FORBIDDEN',
    'The creator takes no requests now.',
    (state, actor) =>
      state.room.settings.speakRequests === 'closed' &&
      state.room.status !== 'scheduled' &&
      !isActingHost(state, actor) &&
      !isInvited(state, actorId(actor)) &&
      !isWaiting(state, actorId(actor))
  ),
  rule(
    'only invited people respond',
    ['speak:respond'],
    'FORBIDDEN',
    'You are not invited to speak.',
    (state, actor) => !isInvited(state, actorId(actor))
  ),
  rule(
    'audio needs the floor',
    ['media:produce', 'media:produced'],
    'NO_FLOOR',
    'You do not have the floor.',
    (state, actor) => !hasFloor(state, actorId(actor))
  ),
  rule(
    'muting oneself needs the floor',
    ['mute:set'],
    'NO_FLOOR',
    'You are not on stage.',
    (state, actor, { userId }) => userId === actorId(actor) && !hasFloor(state, userId)
  )
]
