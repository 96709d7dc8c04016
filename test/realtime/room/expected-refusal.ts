import type { ErrorCode } from '../../../contract/errors.ts'
import type { Actor, Command } from '../../../realtime/room/commands.ts'
import { firstToPlay } from './model-playback.ts'
import { conflictOfVoting, existenceInVoting } from './model-voting.ts'
import { creator, limits } from './people.ts'
import { findPerson, isInShow, isStageFull, queueOf, type PersonModel, type RoomModel } from './room-model.ts'

/** The actor's roles in the model. */
interface ActorRoles {
  readonly userId: string
  readonly isCreator: boolean
  /** Whether the actor runs the room. */
  readonly isOwner: boolean
  readonly isCohost: boolean
  readonly isHost: boolean
  readonly isSystem: boolean
}

/**
 * Returns the code with which the contract refuses a command, or null. The checks have the contract's order:
 * NOT_IN_SHOW; SHOW_NOT_LIVE and SHOW_ENDED; FORBIDDEN, NO_FLOOR and BANNED; NOT_FOUND; CONFLICT, STAGE_FULL and
 * QUEUE_FULL. Slow mode, which depends on the clock, is the last.
 */
export function expectedRefusal(model: RoomModel, actor: Actor, command: Command, now: number): ErrorCode | null {
  if (command.type.startsWith('server:')) return actor.kind === 'system' ? null : 'FORBIDDEN'
  for (const check of [membership, status, permission, existence, conflict]) {
    const code = check(model, actor, command)
    if (code) return code
  }
  return command.type === 'comment:send' && slowModeWaitMs(model, actor, now) > 0 ? 'RATE_LIMITED' : null
}

/** How long the actor has to wait for their next comment, ms. */
export function slowModeWaitMs(model: RoomModel, actor: Actor, now: number): number {
  const { userId, isHost } = rolesOf(model, actor)
  const person = findPerson(model, userId)
  const commentedAt = person?.commentedAt ?? null
  const { slowModeMs, slowModeSpeakersMs } = model.settings
  const waitMs = person?.seat ? (slowModeSpeakersMs ?? slowModeMs) : slowModeMs
  return isHost || commentedAt === null ? 0 : commentedAt + waitMs - now
}

function membership(model: RoomModel, actor: Actor, { type }: Command): ErrorCode | null {
  if (type === 'show:join' || type === 'show:start' || type === 'show:end') return null
  // Hosts may send these over REST, too, without being in the show.
  if ((type === 'member:remove' || type === 'member:unban' || type === 'people:list') && actor.kind !== 'member') {
    return null
  }
  // Before the start nobody learns whether people are backstage.
  if (type === 'people:see' && actor.kind !== 'member' && model.status === 'scheduled') return null
  if (type === 'people:see' && actor.kind !== 'member') return maySeePeople(model, actor) ? null : 'NOT_IN_SHOW'
  const isConnected = actor.kind === 'member' && findPerson(model, actor.userId)?.presenceId === actor.presenceId
  return isConnected ? null : 'NOT_IN_SHOW'
}

/** Whether the actor hosts the show, or is in it, connected or for the grace period. */
function maySeePeople(model: RoomModel, actor: Actor): boolean {
  const { userId, isHost, isSystem } = rolesOf(model, actor)
  const person = findPerson(model, userId)
  return !isSystem && (isHost || (person !== undefined && isInShow(person)))
}

function status({ status }: RoomModel, _: Actor, { type }: Command): ErrorCode | null {
  if (status === 'ended') return 'SHOW_ENDED'
  return status === 'scheduled' && type !== 'show:start' ? 'SHOW_NOT_LIVE' : null
}

/**
 * Checks whether the actor may do this to the target. People unmute only themselves, nobody acts on the creator or the
 * owner, and only the owner acts on a co-host. The creator may remove anybody.
 */
function permission(model: RoomModel, actor: Actor, command: Command): ErrorCode | null {
  const roles = rolesOf(model, actor)
  const self = findPerson(model, roles.userId)
  const target = targetOf(model, command)
  switch (command.type) {
    case 'show:join':
      return self?.isBanned ? 'BANNED' : null
    case 'show:start':
      return roles.isCreator || roles.isSystem ? null : 'FORBIDDEN'
    case 'show:announce':
      return roles.isOwner ? null : 'FORBIDDEN'
    case 'show:handOver':
      return roles.isOwner && (target?.userId === creator || target?.isCohost) ? null : 'FORBIDDEN'
    case 'show:end':
      return roles.isOwner || actor.kind === 'operator' || (roles.isCreator && isOwnerAway(model)) ? null : 'FORBIDDEN'
    case 'cohost:set':
      return roles.isOwner && !isGuestInShow(target) ? null : 'FORBIDDEN'
    case 'speak:answer':
      return mayActOn(roles, target) ? null : 'FORBIDDEN'
    case 'speak:invite':
      return mayActOn(roles, target) && !isGuestInShow(target) ? null : 'FORBIDDEN'
    case 'speak:revoke':
      return mayActOn(roles, target) && !isProtected(model, target) ? null : 'FORBIDDEN'
    case 'member:remove':
      return mayRemove(model, roles, target) ? null : 'FORBIDDEN'
    case 'speak:request':
      return mayRequestFloor(model, roles, self) ? null : 'FORBIDDEN'
    case 'speak:respond':
      return self && self.invitedBy !== null ? null : 'FORBIDDEN'
    case 'media:produce':
    case 'media:produced':
      return self?.seat ? null : 'NO_FLOOR'
    case 'comment:send':
      return mayComment(model, roles, self) ? null : 'FORBIDDEN'
    case 'comment:delete':
      return roles.isHost || command.authorId === null || command.authorId === roles.userId ? null : 'FORBIDDEN'
    case 'comment:mute':
      return mayActOn(roles, target) && !isProtected(model, target) ? null : 'FORBIDDEN'
    case 'speak:rejectAll':
    case 'mute:all':
    case 'playback:play':
    case 'playback:next':
    case 'playback:pause':
    case 'playback:stop':
    case 'playback:level':
    case 'jingle:play':
    case 'playlist:editing':
    case 'recording:set':
    case 'comment:answer':
    case 'comment:pin':
    case 'link:pin':
    case 'pin:remove':
    case 'poll:open':
    case 'poll:close':
    case 'poll:dismiss':
    case 'song:dismiss':
    case 'member:unban':
    case 'people:list':
      return roles.isHost ? null : 'FORBIDDEN'
    case 'poll:vote':
      return self?.isGuest ? 'FORBIDDEN' : null
    case 'song:request':
    case 'song:vote':
      return self?.isGuest || (model.settings.songRequests !== 'open' && !roles.isHost) ? 'FORBIDDEN' : null
    case 'mute:set':
      if (command.userId === roles.userId) return self?.seat ? null : 'NO_FLOOR'
      return command.muted && mayActOn(roles, target) && command.userId !== creator ? null : 'FORBIDDEN'
    default:
      return null
  }
}

function isOwnerAway(model: RoomModel): boolean {
  return (findPerson(model, model.ownerId)?.presenceId ?? null) === null
}

function mayActOn(roles: ActorRoles, target: PersonModel | undefined): boolean {
  return roles.isOwner || (roles.isHost && !target?.isCohost)
}

function isProtected({ ownerId }: RoomModel, target: PersonModel | undefined): boolean {
  return target?.userId === creator || target?.userId === ownerId
}

function mayRemove(model: RoomModel, roles: ActorRoles, target: PersonModel | undefined): boolean {
  if (target?.userId === creator) return false
  return roles.isSystem || roles.isCreator || (mayActOn(roles, target) && !isProtected(model, target))
}

/** Whether the target is a guest. The room does not know a guest who is not in the show. */
function isGuestInShow(target: PersonModel | undefined): boolean {
  return target !== undefined && target.isGuest && isInShow(target)
}

/** Closed requests are closed to the audience, except to invited people and to those who wait already. */
function mayRequestFloor(model: RoomModel, roles: ActorRoles, self: PersonModel | undefined): boolean {
  if (!self || self.isGuest) return false
  return model.settings.speakRequests === 'open' || roles.isHost || self.invitedBy !== null || self.request !== null
}

/**
 * Guests do not comment. Closed comments are closed to the audience; a muted person may not comment, a host neither.
 */
function mayComment(model: RoomModel, roles: ActorRoles, self: PersonModel | undefined): boolean {
  if (!self || self.isGuest || self.commentsMuted) return false
  return model.settings.comments === 'open' || roles.isHost
}

function existence(model: RoomModel, _: Actor, command: Command): ErrorCode | null {
  const target = targetOf(model, command)
  switch (command.type) {
    case 'speak:answer':
      return wasRequested(model, command.requestId) ? null : 'NOT_FOUND'
    case 'speak:rejectAll':
      return command.upTo === undefined || wasRequested(model, command.upTo) ? null : 'NOT_FOUND'
    case 'speak:invite':
    case 'speak:revoke':
    case 'show:handOver':
      return target && isInShow(target) ? null : 'NOT_FOUND'
    // A co-host who left keeps the role, so it can be taken from them.
    case 'cohost:set':
      return target && (target.isCohost || isInShow(target)) ? null : 'NOT_FOUND'
    case 'mute:set':
      return target?.seat ? null : 'NOT_FOUND'
    case 'comment:delete':
      return command.authorId === null ? 'NOT_FOUND' : null
    case 'comment:pin':
      return command.comment === null ? 'NOT_FOUND' : null
    // A person who left can still be banned, and their comments muted or unmuted.
    case 'member:remove':
    case 'comment:mute':
      return target && (isInShow(target) || target.hasVisited) ? null : 'NOT_FOUND'
    case 'playback:play':
      if (command.itemId !== undefined) return findItem(model, command.itemId) ? null : 'NOT_FOUND'
      return firstToPlay(model) ? null : 'NOT_FOUND'
    case 'playback:next':
      return firstToPlay(model) ? null : 'NOT_FOUND'
    case 'member:unban':
      return target?.isBanned ? null : 'NOT_FOUND'
    default:
      return existenceInVoting(model.voting, command)
  }
}

function conflict(model: RoomModel, actor: Actor, command: Command): ErrorCode | null {
  const self = findPerson(model, rolesOf(model, actor).userId)
  const target = targetOf(model, command)
  switch (command.type) {
    case 'show:start':
      return model.status === 'scheduled' ? null : 'CONFLICT'
    case 'playback:play':
      return command.itemId !== undefined && findItem(model, command.itemId)?.available === false ? 'CONFLICT' : null
    case 'playback:next':
      return command.from !== undefined && command.from !== model.playing?.item.id ? 'CONFLICT' : null
    case 'speak:request':
      return conflictOfRequest(model, self)
    case 'speak:answer':
      if (!target) return 'CONFLICT'
      return command.accept ? (target.awaySince !== null ? 'CONFLICT' : stageFull(model)) : null
    case 'speak:invite':
      if (!target || target.seat || target.awaySince !== null) return 'CONFLICT'
      return target.request ? stageFull(model) : null
    case 'speak:respond':
      return command.accept ? stageFull(model) : null
    case 'cohost:set':
      if (command.userId === creator) return command.cohost ? 'CONFLICT' : null
      return command.userId === model.ownerId && !command.cohost ? 'CONFLICT' : null
    case 'show:handOver':
      if (!target || target.awaySince !== null) return 'CONFLICT'
      return target.seat ? null : stageFull(model)
    default:
      return conflictOfVoting(model.voting, command, self?.userId ?? '')
  }
}

function conflictOfRequest(model: RoomModel, self: PersonModel | undefined): ErrorCode | null {
  if (self?.seat) return 'CONFLICT'
  if (self?.userId === creator || self?.isCohost || self?.invitedBy) return stageFull(model)
  return !self?.request && queueOf(model).length >= limits.queueSize ? 'QUEUE_FULL' : null
}

const findItem = ({ items }: RoomModel, itemId: string) => items.find(({ id }) => id === itemId)

const stageFull = (model: RoomModel): ErrorCode | null => (isStageFull(model) ? 'STAGE_FULL' : null)

function rolesOf(model: RoomModel, actor: Actor): ActorRoles {
  const userId = actor.kind === 'system' ? '' : actor.userId
  const isCreator = userId === creator
  const isCohost = findPerson(model, userId)?.isCohost ?? false
  const isOwner = userId === model.ownerId
  return { userId, isCreator, isOwner, isCohost, isHost: isCreator || isCohost, isSystem: actor.kind === 'system' }
}

/** The person a command is about; for an answer, the person who made the request. */
function targetOf(model: RoomModel, command: Command): PersonModel | undefined {
  if (command.type === 'speak:answer') {
    return queueOf(model).find(({ request }) => `r${request?.number}` === command.requestId)
  }
  return 'userId' in command ? findPerson(model, command.userId) : undefined
}

function wasRequested({ requestCount }: RoomModel, requestId: string): boolean {
  return Array.from({ length: requestCount }, (_, index) => `r${index + 1}`).includes(requestId)
}
