import type { ErrorCode } from '../../../contract/errors.ts'
import type { Actor, Command } from '../../../realtime/room/commands.ts'
import { creator, limits } from './people.ts'
import { nextUp } from './playback.ts'
import { isFull, isHere, queueOf, somebody, type Somebody, type World } from './world.ts'

/** Who acts, as the contract sees them. */
interface Doer {
  readonly userId: string
  readonly isCreator: boolean
  readonly isCohost: boolean
  readonly isHost: boolean
  readonly isSystem: boolean
}

/**
 * What the contract says to a command: the code it is refused with, or null. The checks come in the contract's order:
 * NOT_IN_SHOW, SHOW_NOT_LIVE / SHOW_ENDED, FORBIDDEN / NO_FLOOR, NOT_FOUND, CONFLICT and its kin; slow mode, which looks at the clock, last.
 */
export function expectedRefusal(world: World, actor: Actor, command: Command, now: number): ErrorCode | null {
  if (command.type.startsWith('server:')) return actor.kind === 'system' ? null : 'FORBIDDEN'
  for (const check of [membership, status, permission, existence, conflict]) {
    const code = check(world, actor, command)
    if (code) return code
  }
  return command.type === 'comment:send' && slowModeLeft(world, actor, now) > 0 ? 'RATE_LIMITED' : null
}

/** How long somebody has to wait for their next comment. */
export function slowModeLeft(world: World, actor: Actor, now: number): number {
  const { userId, isHost } = doerOf(world, actor)
  const last = somebody(world, userId)?.commentedAt ?? null
  return isHost || last === null ? 0 : last + world.settings.slowModeMs - now
}

function membership(world: World, actor: Actor, { type }: Command): ErrorCode | null {
  if (type === 'show:join' || type === 'show:start' || type === 'show:end') return null
  // Hosts may do these over REST too, wherever they are.
  if ((type === 'member:remove' || type === 'member:unban' || type === 'people:list') && actor.kind !== 'member') {
    return null
  }
  const isIn = actor.kind === 'member' && somebody(world, actor.userId)?.session === actor.presenceId
  return isIn ? null : 'NOT_IN_SHOW'
}

function status({ status }: World, _: Actor, { type }: Command): ErrorCode | null {
  if (status === 'ended') return 'SHOW_ENDED'
  return status === 'scheduled' && type !== 'show:start' ? 'SHOW_NOT_LIVE' : null
}

/** Whose doing it is, and to whom. Nobody opens a microphone from afar, nobody touches the creator, only the creator a co-host. */
function permission(world: World, actor: Actor, command: Command): ErrorCode | null {
  const doer = doerOf(world, actor)
  const self = somebody(world, doer.userId)
  const target = targetOf(world, command)
  switch (command.type) {
    case 'show:join':
      return self?.banned ? 'BANNED' : null
    case 'show:start':
      return doer.isCreator || doer.isSystem ? null : 'FORBIDDEN'
    case 'show:announce':
      return doer.isCreator ? null : 'FORBIDDEN'
    case 'show:end':
      return doer.isCreator || actor.kind === 'operator' ? null : 'FORBIDDEN'
    case 'cohost:set':
      return doer.isCreator && !isGuestHere(target) ? null : 'FORBIDDEN'
    case 'speak:answer':
      return mayActOn(doer, target) ? null : 'FORBIDDEN'
    case 'speak:invite':
      return mayActOn(doer, target) && !isGuestHere(target) ? null : 'FORBIDDEN'
    case 'speak:revoke':
      return mayActOn(doer, target) && target?.userId !== creator ? null : 'FORBIDDEN'
    case 'member:remove':
      return (doer.isSystem || mayActOn(doer, target)) && target?.userId !== creator ? null : 'FORBIDDEN'
    case 'speak:request':
      return mayAsk(world, doer, self) ? null : 'FORBIDDEN'
    case 'speak:respond':
      return self && self.invitedBy !== null ? null : 'FORBIDDEN'
    case 'media:produce':
    case 'media:produced':
      return self?.seat ? null : 'NO_FLOOR'
    case 'comment:send':
      return mayComment(world, doer, self) ? null : 'FORBIDDEN'
    case 'comment:delete':
      return doer.isHost || command.authorId === null || command.authorId === doer.userId ? null : 'FORBIDDEN'
    case 'comment:mute':
      return mayActOn(doer, target) && command.userId !== creator ? null : 'FORBIDDEN'
    case 'playback:play':
    case 'playback:next':
    case 'playback:pause':
    case 'playback:stop':
    case 'member:unban':
    case 'people:list':
      return doer.isHost ? null : 'FORBIDDEN'
    case 'mute:set':
      if (command.userId === doer.userId) return self?.seat ? null : 'NO_FLOOR'
      return command.muted && mayActOn(doer, target) && command.userId !== creator ? null : 'FORBIDDEN'
    default:
      return null
  }
}

function mayActOn(doer: Doer, target: Somebody | undefined): boolean {
  return doer.isCreator || (doer.isCohost && !target?.cohost)
}

/** A guest who is not in the show is nobody the room knows. */
function isGuestHere(target: Somebody | undefined): boolean {
  return target !== undefined && target.guest && isHere(target)
}

/** Closed requests are closed to the audience: not to hosts, the invited, and who waits already and gets the same answer again. */
function mayAsk(world: World, doer: Doer, self: Somebody | undefined): boolean {
  if (!self || self.guest) return false
  return world.settings.speakRequests === 'open' || doer.isHost || self.invitedBy !== null || self.request !== null
}

/** Guests react. Closed comments are closed to the audience; who is silenced is silenced, host or not. */
function mayComment(world: World, doer: Doer, self: Somebody | undefined): boolean {
  if (!self || self.guest || self.commentsMuted) return false
  return world.settings.comments === 'open' || doer.isHost
}

function existence(world: World, _: Actor, command: Command): ErrorCode | null {
  const target = targetOf(world, command)
  switch (command.type) {
    case 'speak:answer':
      return wasMade(world, command.requestId) ? null : 'NOT_FOUND'
    case 'speak:invite':
    case 'speak:revoke':
      return target && isHere(target) ? null : 'NOT_FOUND'
    // The role outlasts being away, so it can be taken from who left.
    case 'cohost:set':
      return target && (target.cohost || isHere(target)) ? null : 'NOT_FOUND'
    case 'mute:set':
      return target?.seat ? null : 'NOT_FOUND'
    case 'comment:delete':
      return command.authorId === null ? 'NOT_FOUND' : null
    // Who left can be silenced or banned for what they said, and un-silenced.
    case 'member:remove':
    case 'comment:mute':
      return target && (isHere(target) || target.beenHere) ? null : 'NOT_FOUND'
    case 'playback:play':
      if (command.itemId !== undefined) return pieceOf(world, command.itemId) ? null : 'NOT_FOUND'
      return nextUp(world) ? null : 'NOT_FOUND'
    case 'playback:next':
      return nextUp(world) ? null : 'NOT_FOUND'
    case 'member:unban':
      return target?.banned ? null : 'NOT_FOUND'
    default:
      return null
  }
}

function conflict(world: World, actor: Actor, command: Command): ErrorCode | null {
  const self = somebody(world, doerOf(world, actor).userId)
  const target = targetOf(world, command)
  switch (command.type) {
    case 'show:start':
      return world.status === 'scheduled' ? null : 'CONFLICT'
    case 'playback:play':
      return command.itemId !== undefined && pieceOf(world, command.itemId)?.available === false ? 'CONFLICT' : null
    case 'playback:next':
      return command.from !== undefined && command.from !== world.on?.piece.id ? 'CONFLICT' : null
    case 'speak:request':
      return conflictOfAsking(world, self)
    case 'speak:answer':
      if (!target) return 'CONFLICT'
      return command.accept ? (target.awaySince !== null ? 'CONFLICT' : fullStage(world)) : null
    case 'speak:invite':
      if (!target || target.seat || target.awaySince !== null) return 'CONFLICT'
      return target.request ? fullStage(world) : null
    case 'speak:respond':
      return command.accept ? fullStage(world) : null
    case 'cohost:set':
      return command.userId === creator && command.cohost ? 'CONFLICT' : null
    default:
      return null
  }
}

function conflictOfAsking(world: World, self: Somebody | undefined): ErrorCode | null {
  if (self?.seat) return 'CONFLICT'
  if (self?.cohost || self?.invitedBy) return fullStage(world)
  return !self?.request && queueOf(world).length >= limits.queueSize ? 'QUEUE_FULL' : null
}

const pieceOf = ({ pieces }: World, itemId: string) => pieces.find(({ id }) => id === itemId)

const fullStage = (world: World): ErrorCode | null => (isFull(world) ? 'STAGE_FULL' : null)

function doerOf(world: World, actor: Actor): Doer {
  const userId = actor.kind === 'system' ? '' : actor.userId
  const isCreator = userId === creator
  const isCohost = somebody(world, userId)?.cohost ?? false
  return { userId, isCreator, isCohost, isHost: isCreator || isCohost, isSystem: actor.kind === 'system' }
}

/** Whom a command is about; for an answer, who waits with that request. */
function targetOf(world: World, command: Command): Somebody | undefined {
  if (command.type === 'speak:answer') {
    return queueOf(world).find(({ request }) => `r${request?.number}` === command.requestId)
  }
  return 'userId' in command ? somebody(world, command.userId) : undefined
}

function wasMade({ requestsMade }: World, requestId: string): boolean {
  return Array.from({ length: requestsMade }, (_, index) => `r${index + 1}`).includes(requestId)
}
