import type { ErrorCode } from '../../contract/errors.ts'
import { isHost, seatsTaken, findStageMember } from '../../contract/room.ts'
import type { Actor, Command, CommandType } from './commands.ts'
import { requestNumber, type House } from './server-room-state.ts'
import { firstToPlay, itemOf } from './playback.ts'

/** Why a command is not carried out; `retryAfterMs` when waiting would help. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
  readonly retryAfterMs?: number
}

/** One rule of the room: what it forbids, for which commands. `nowMs` is the server's clock. */
export interface Rule {
  readonly name: string
  readonly refuses: (house: House, actor: Actor, command: Command, nowMs: number) => Refusal | null
}

type Of<T extends CommandType> = Extract<Command, { type: T }>

/** A rule for some commands: refused with this code and message when the condition holds. */
function rule<const T extends CommandType>(
  name: string,
  types: readonly T[],
  code: ErrorCode,
  message: string,
  forbidden: (house: House, actor: Actor, command: Of<T>) => boolean
): Rule {
  const isOurs = (command: Command): command is Of<T> => types.some(type => type === command.type)
  const refusal = { code, message }
  return {
    name,
    refuses: (house, actor, command) => (isOurs(command) && forbidden(house, actor, command) ? refusal : null)
  }
}

/** A rule of patience: refused until so many ms have gone by. */
function patience(
  name: string,
  type: CommandType,
  message: string,
  waitMs: (house: House, actor: Actor, nowMs: number) => number
): Rule {
  return {
    name,
    refuses(house, actor, command, nowMs) {
      const retryAfterMs = command.type === type ? waitMs(house, actor, nowMs) : 0
      return retryAfterMs > 0 ? { code: 'RATE_LIMITED', message, retryAfterMs } : null
    }
  }
}

const memberCommands = [
  'show:resync',
  'show:leave',
  'show:announce',
  'speak:request',
  'speak:cancel',
  'speak:answer',
  'speak:invite',
  'speak:respond',
  'speak:revoke',
  'speak:stepDown',
  'mute:set',
  'cohost:set',
  'media:use',
  'media:produce',
  'media:produced',
  'comment:send',
  'comment:delete',
  'comment:mute',
  'reaction:send',
  'playback:play',
  'playback:next',
  'playback:pause',
  'playback:stop'
] as const
const playbackCommands = ['playback:play', 'playback:next', 'playback:pause', 'playback:stop'] as const
const hostCommands = ['member:remove', 'member:unban', 'people:list', 'playlist:edit'] as const
const ownerCommands = ['show:edit', 'show:end'] as const
const serverCommands = [
  'server:dropped',
  'server:graceOver',
  'server:restored',
  'server:producerLost',
  'server:overBitrate',
  'server:itemEnded',
  'server:songMoved',
  'server:erased',
  'server:renamed',
  'server:commentLost'
] as const

/** Who acts; the server is nobody. */
export function actorId(actor: Actor): string | null {
  return actor.kind === 'server' ? null : actor.userId
}

const isCreator = (house: House, actor: Actor) => actorId(actor) === house.room.creatorId
const hosts = (house: House, actor: Actor) => actor.kind !== 'server' && isHost(house.room, actor.userId)
const onStage = (house: House, userId: string | null) =>
  userId !== null && findStageMember(house.room, userId) !== undefined
const isFull = (house: House) => seatsTaken(house.room) >= house.room.settings.maxSpeakers
const isCohost = (house: House, userId: string | null) => userId !== null && house.room.cohostIds.includes(userId)
const isInvited = (house: House, userId: string | null) => house.room.invited.some(invited => invited.userId === userId)
const waiting = (house: House, userId: string | null) => house.room.queue.find(entry => entry.userId === userId)
const request = (house: House, requestId: string) => house.room.queue.find(entry => entry.requestId === requestId)
const isAway = (house: House, userId: string) => house.members.get(userId)?.sessionId === null
const isGuest = (actor: Actor) => actor.kind === 'member' && actor.guest
const isCommentMuted = (house: House, userId: string | null) =>
  userId !== null && house.room.commentMutedIds.includes(userId)
const wasHere = (house: House, userId: string) => house.members.has(userId) || house.visitorIds.has(userId)
const wasMade = (house: House, requestId: string) => (requestNumber(requestId) ?? Infinity) <= house.requestCount

/** Whom a command is about. */
function targetOf(
  house: House,
  command: Of<
    'speak:answer' | 'speak:invite' | 'speak:revoke' | 'mute:set' | 'cohost:set' | 'member:remove' | 'comment:mute'
  >
): string | null {
  return command.type === 'speak:answer' ? (request(house, command.requestId)?.userId ?? null) : command.userId
}

/** How long until somebody may comment again. Hosts need not wait. */
function slowModeLeftMs(house: House, actor: Actor, nowMs: number): number {
  const last = house.commented.get(actorId(actor) ?? '')
  return last && !hosts(house, actor) ? last.atMs + house.room.settings.slowModeMs - nowMs : 0
}

/** A request that takes a seat at once: a co-host's own, or the yes of somebody invited. */
const grantsAtOnce = (house: House, userId: string | null) => isCohost(house, userId) || isInvited(house, userId)

/**
 * The permission table: every rule about who may do what in a live room, in the order of the contract's codes
 * (membership, status, permission, existence, conflict). The first that refuses answers.
 */
export const rules: readonly Rule[] = [
  rule(
    'the server speaks for itself',
    serverCommands,
    'FORBIDDEN',
    'Only the server says this.',
    (_, actor) => actor.kind !== 'server'
  ),
  rule(
    'members act through the session they joined with',
    memberCommands,
    'NOT_IN_SHOW',
    'Join the show first.',
    (house, actor) => actor.kind !== 'member' || house.members.get(actor.userId)?.sessionId !== actor.sessionId
  ),
  rule(
    'hosts act on people from inside or over REST',
    hostCommands,
    'NOT_IN_SHOW',
    'Join the show first.',
    (house, actor) => actor.kind === 'member' && house.members.get(actor.userId)?.sessionId !== actor.sessionId
  ),

  rule(
    'nothing happens before the start',
    ['show:join', ...ownerCommands, ...hostCommands],
    'SHOW_NOT_LIVE',
    'The show is not live yet.',
    house => house.room.status === 'scheduled'
  ),
  rule(
    'nothing happens after the end',
    ['show:start', 'show:join', ...ownerCommands, ...hostCommands],
    'SHOW_ENDED',
    'The show has ended.',
    house => house.room.status === 'ended'
  ),

  rule(
    'the banned stay outside',
    ['show:join'],
    'BANNED',
    'You were removed from this show for good.',
    (house, actor) => house.bannedIds.has(actorId(actor) ?? '')
  ),
  rule(
    'the creator runs the show',
    ['show:start', 'show:edit', 'show:announce', 'cohost:set'],
    'FORBIDDEN',
    'Only the creator may do this.',
    (house, actor) => !isCreator(house, actor)
  ),
  rule(
    'the creator or an operator ends the show',
    ['show:end'],
    'FORBIDDEN',
    'Only the creator may end the show.',
    (house, actor) => actor.kind !== 'operator' && !isCreator(house, actor)
  ),
  rule(
    'hosts decide about others',
    ['speak:answer', 'speak:invite', 'speak:revoke', 'comment:mute', ...playbackCommands, ...hostCommands],
    'FORBIDDEN',
    'Only the creator and co-hosts may do this.',
    (house, actor) => !hosts(house, actor)
  ),
  rule(
    'only hosts mute others',
    ['mute:set'],
    'FORBIDDEN',
    'Only the creator and co-hosts may mute others.',
    (house, actor, command) => command.userId !== actorId(actor) && !hosts(house, actor)
  ),
  rule(
    'nobody opens another microphone',
    ['mute:set'],
    'FORBIDDEN',
    'Only they themselves may unmute.',
    (_, actor, command) => command.userId !== actorId(actor) && !command.muted
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
    'The creator takes no comments now.',
    (house, actor) => house.room.settings.comments === 'closed' && !hosts(house, actor)
  ),
  rule(
    'the muted do not comment',
    ['comment:send'],
    'FORBIDDEN',
    'A host has silenced your comments in this show.',
    (house, actor) => isCommentMuted(house, actorId(actor))
  ),
  rule(
    'comments are deleted by their author and by hosts',
    ['comment:delete'],
    'FORBIDDEN',
    'Only its author and the hosts may delete a comment.',
    (house, actor, command) => command.authorId !== null && command.authorId !== actorId(actor) && !hosts(house, actor)
  ),
  rule(
    'guests are not called on stage',
    ['speak:invite', 'cohost:set'],
    'FORBIDDEN',
    'Guests can only listen and react.',
    (house, _, command) => house.members.get(command.userId)?.guest === true
  ),
  rule(
    'nobody overrules the creator',
    ['speak:revoke', 'member:remove', 'comment:mute'],
    'FORBIDDEN',
    'The creator stays.',
    (house, _, command) => command.userId === house.room.creatorId
  ),
  rule(
    'nobody mutes the creator',
    ['mute:set'],
    'FORBIDDEN',
    'Nobody else mutes the creator.',
    (house, actor, command) => command.userId === house.room.creatorId && command.userId !== actorId(actor)
  ),
  rule(
    'only the creator acts on co-hosts',
    ['speak:answer', 'speak:invite', 'speak:revoke', 'member:remove', 'comment:mute'],
    'FORBIDDEN',
    'Only the creator acts on co-hosts.',
    (house, actor, command) => isCohost(house, targetOf(house, command)) && !isCreator(house, actor)
  ),
  rule(
    'only the creator mutes co-hosts',
    ['mute:set'],
    'FORBIDDEN',
    'Only the creator mutes co-hosts.',
    (house, actor, command) =>
      isCohost(house, command.userId) && command.userId !== actorId(actor) && !isCreator(house, actor)
  ),
  rule(
    'requests can be closed',
    ['speak:request'],
    'FORBIDDEN',
    'The creator takes no requests now.',
    (house, actor) =>
      house.room.settings.speakRequests === 'closed' &&
      !hosts(house, actor) &&
      !isInvited(house, actorId(actor)) &&
      !waiting(house, actorId(actor))
  ),
  rule(
    'only the invited respond',
    ['speak:respond'],
    'FORBIDDEN',
    'You are not invited to speak.',
    (house, actor) => !isInvited(house, actorId(actor))
  ),
  rule(
    'audio needs the floor',
    ['media:produce', 'media:produced'],
    'NO_FLOOR',
    'You do not have the floor.',
    (house, actor) => !onStage(house, actorId(actor))
  ),
  rule(
    'who is not on stage has nothing to mute',
    ['mute:set'],
    'NO_FLOOR',
    'You are not on stage.',
    (house, actor, command) => command.userId === actorId(actor) && !onStage(house, actorId(actor))
  ),

  rule(
    'a request must have been made',
    ['speak:answer'],
    'NOT_FOUND',
    'There is no such request.',
    (house, _, command) => !wasMade(house, command.requestId)
  ),
  rule(
    'people must be here',
    ['speak:invite', 'speak:revoke'],
    'NOT_FOUND',
    'They are not in the show.',
    (house, _, command) => !house.members.has(command.userId)
  ),
  rule(
    'a new co-host must be here',
    ['cohost:set'],
    'NOT_FOUND',
    'They are not in the show.',
    (house, _, command) => !house.members.has(command.userId) && !isCohost(house, command.userId)
  ),
  rule(
    'a comment must be there',
    ['comment:delete'],
    'NOT_FOUND',
    'There is no such comment in this show.',
    (_house, _actor, command) => command.authorId === null
  ),
  rule(
    'people must have been here',
    ['comment:mute', 'member:remove'],
    'NOT_FOUND',
    'They were never in the show.',
    (house, _, command) => !wasHere(house, command.userId)
  ),
  rule(
    'only the banned are let in again',
    ['member:unban'],
    'NOT_FOUND',
    'They are not banned.',
    (house, _, command) => !house.bannedIds.has(command.userId)
  ),
  rule(
    'only who is on stage can be muted',
    ['mute:set'],
    'NOT_FOUND',
    'They are not on stage.',
    (house, _, command) => !onStage(house, command.userId)
  ),

  rule(
    'what is played is in the playlist',
    ['playback:play'],
    'NOT_FOUND',
    'There is no such item in the playlist.',
    (house, _, command) => command.itemId !== undefined && !itemOf(house, command.itemId)
  ),
  rule(
    'something must be there to play',
    ['playback:play', 'playback:next'],
    'NOT_FOUND',
    'The playlist has nothing that can be played.',
    (house, _, command) => !('itemId' in command && command.itemId !== undefined) && !firstToPlay(house)
  ),

  rule(
    'a show starts once',
    ['show:start'],
    'CONFLICT',
    'The show is live already.',
    house => house.room.status !== 'scheduled'
  ),
  rule('who is on stage need not ask', ['speak:request'], 'CONFLICT', 'You are on stage already.', (house, actor) =>
    onStage(house, actorId(actor))
  ),
  rule(
    'a request is answered once',
    ['speak:answer'],
    'CONFLICT',
    'This request was answered or withdrawn.',
    (house, _, command) => !request(house, command.requestId)
  ),
  rule(
    'nobody is accepted while away',
    ['speak:answer'],
    'CONFLICT',
    'They lost their connection; their place is kept.',
    (house, _, command) => command.accept && isAway(house, targetOf(house, command) ?? '')
  ),
  rule(
    'nobody is invited while away',
    ['speak:invite'],
    'CONFLICT',
    'They lost their connection; their place is kept.',
    (house, _, command) => isAway(house, command.userId)
  ),
  rule(
    'who is on stage is not invited',
    ['speak:invite'],
    'CONFLICT',
    'They are on stage already.',
    (house, _, command) => onStage(house, command.userId)
  ),
  rule(
    'the creator is no co-host',
    ['cohost:set'],
    'CONFLICT',
    'The creator is the host already.',
    (house, _, command) => command.cohost && command.userId === house.room.creatorId
  ),

  rule(
    'what is played can be played',
    ['playback:play'],
    'CONFLICT',
    "This item can't be played any more.",
    (house, _, command) => command.itemId !== undefined && itemOf(house, command.itemId)?.available === false
  ),
  rule(
    'next goes on from what plays',
    ['playback:next'],
    'CONFLICT',
    'Something else plays by now.',
    (house, _, command) => command.from !== undefined && command.from !== house.room.playback.item?.id
  ),

  rule(
    'accepting takes a free seat',
    ['speak:answer'],
    'STAGE_FULL',
    'The stage is full; the request keeps its place.',
    (house, _, command) => command.accept && isFull(house)
  ),
  rule(
    'an invited person takes a free seat',
    ['speak:respond'],
    'STAGE_FULL',
    'The stage is full; the invitation stays.',
    (house, _, command) => command.accept && isFull(house)
  ),
  rule(
    'inviting who asked takes a free seat',
    ['speak:invite'],
    'STAGE_FULL',
    'The stage is full; the request keeps its place.',
    (house, _, command) => waiting(house, command.userId) !== undefined && isFull(house)
  ),
  rule(
    'who needs no answer takes a free seat',
    ['speak:request'],
    'STAGE_FULL',
    'The stage is full.',
    (house, actor) => grantsAtOnce(house, actorId(actor)) && isFull(house)
  ),
  rule(
    'the queue has an end',
    ['speak:request'],
    'QUEUE_FULL',
    'Too many people are waiting; try again later.',
    (house, actor) =>
      !waiting(house, actorId(actor)) &&
      !grantsAtOnce(house, actorId(actor)) &&
      house.room.queueLength >= house.limits.queueSize
  ),

  patience('slow mode', 'comment:send', 'Comments are slowed down here; wait a moment.', slowModeLeftMs)
]
