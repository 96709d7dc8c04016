import { isDeepStrictEqual } from 'node:util'
import { isHost, findStageMember } from '../../contract/room.ts'
import type { StageMember } from '../../contract/snapshot.ts'
import type { Actor, Command, HostCommand, MemberCommand, OwnerCommand, ServerCommand } from './commands.ts'
import { requestId, type House, type HouseEvent, type Member } from './server-room-state.ts'
import { editPlaylist, isPlaybackCommand, itemEnded, playbackOutcome, songMoved } from './playback.ts'
import { renamed } from './renaming.ts'
import { comeBack, connectionLost, erased, graceOver, leave, restored, takeOver } from './presence.ts'

type MemberActor = Extract<Actor, { kind: 'member' }>
interface Who {
  userId: string
  displayName: string
  avatarUrl: string | null
}

/** The events an allowed command makes; none when it changes nothing. Permission was settled by the rules. */
export function outcomeOf(house: House, actor: Actor, command: Command, nowMs: number): HouseEvent[] {
  if (isServerCommand(command)) return serverOutcome(house, command, nowMs)
  if (isOwnerCommand(command)) return ownerOutcome(house, actor, command)
  if (isPlaybackCommand(command)) return playbackOutcome(house, command, nowMs)
  if (isHostCommand(command)) return actor.kind === 'server' ? [] : hostOutcome(house, actor.userId, command)
  return actor.kind === 'member' ? memberOutcome(house, actor, command, nowMs) : []
}

function isServerCommand(command: Command): command is ServerCommand {
  return command.type.startsWith('server:')
}

function isOwnerCommand(command: Command): command is OwnerCommand {
  return command.type === 'show:start' || command.type === 'show:edit' || command.type === 'show:end'
}

function isHostCommand(command: Command): command is HostCommand {
  return (
    command.type === 'member:remove' ||
    command.type === 'member:unban' ||
    command.type === 'people:list' ||
    command.type === 'playlist:edit'
  )
}

function memberOutcome(house: House, actor: MemberActor, command: MemberCommand, nowMs: number): HouseEvent[] {
  const { userId } = actor
  switch (command.type) {
    case 'show:join':
      return join(house, actor)
    case 'show:leave':
      return leave(house, userId, nowMs)
    case 'speak:request':
      return request(house, actor, command.reason, nowMs)
    case 'speak:cancel':
      return endRequest(house, userId, 'speak:withdrawn', userId)
    case 'speak:answer':
      return answer(house, userId, command.requestId, command.accept)
    case 'speak:invite':
      return invite(house, userId, command.userId)
    case 'speak:respond':
      return respond(house, actor, command.accept)
    case 'speak:revoke':
      return revoke(house, userId, command.userId)
    case 'speak:stepDown':
      return stepDown(house, userId)
    case 'mute:set':
      return mute(house, userId, command.userId, command.muted)
    case 'cohost:set':
      return setCohost(house, command.userId, command.cohost)
    case 'media:produced':
      return joinStage(house, userId, command.producerId, command.muted)
    case 'comment:send':
      return [{ type: 'member:commented', userId }]
    case 'comment:mute':
      return muteComments(house, userId, command.userId, command.muted)
    case 'comment:delete':
    case 'reaction:send':
    case 'show:resync':
    case 'show:announce':
    case 'media:use':
    case 'media:produce':
      return []
  }
}

function hostOutcome(house: House, by: string, command: HostCommand): HouseEvent[] {
  switch (command.type) {
    case 'member:remove':
      return remove(house, by, command.userId, command.ban)
    case 'member:unban':
      return [{ type: 'member:unbanned', userId: command.userId, by }]
    case 'people:list':
      return []
    case 'playlist:edit':
      return editPlaylist(house, command.version, command.items)
  }
}

function ownerOutcome(house: House, actor: Actor, command: OwnerCommand): HouseEvent[] {
  switch (command.type) {
    case 'show:start':
      return [{ type: 'show:started' }, { type: 'member:awaited', member: creatorOf(house) }]
    case 'show:edit':
      return edit(house, command)
    case 'show:end':
      return [{ type: 'show:ended', reason: actor.kind === 'operator' ? 'operator' : 'ended' }]
  }
}

function serverOutcome(house: House, command: ServerCommand, nowMs: number): HouseEvent[] {
  if (house.room.status !== 'live' && house.room.status !== 'interrupted') return []
  switch (command.type) {
    case 'server:dropped':
      return connectionLost(house, command.userId, command.sessionId, nowMs)
    case 'server:graceOver':
      return graceOver(house, command.userId, nowMs)
    case 'server:restored':
      return [...restored(house, nowMs), { type: 'member:awaited', member: creatorOf(house) }]
    case 'server:producerLost':
      return heardAs(house, command)?.state === 'onStage' ? [{ type: 'stage:suspended', userId: command.userId }] : []
    case 'server:overBitrate':
      return heardAs(house, command)
        ? [{ type: 'floor:revoked', userId: command.userId, by: null, reason: 'bitrate' }]
        : []
    case 'server:itemEnded':
      return itemEnded(house, command, nowMs)
    case 'server:songMoved':
      return songMoved(house, command)
    case 'server:erased':
      return erased(house, command.userId)
    case 'server:renamed':
      return renamed(house, command)
    case 'server:commentLost':
      return house.commented.get(command.userId)?.atMs === command.atMs
        ? [{ type: 'member:commentLost', userId: command.userId }]
        : []
  }
}

/** The seat that this very producer is heard from. */
function heardAs(
  house: House,
  { userId, producerId }: { userId: string; producerId: string }
): StageMember | undefined {
  const member = findStageMember(house.room, userId)
  return member?.producerId === producerId ? member : undefined
}

function creatorOf(house: House): Omit<Member, 'awaySinceMs' | 'sessionId'> {
  const { creatorId } = house.room
  return {
    ...who(findStageMember(house.room, creatorId) ?? { userId: creatorId, displayName: '', avatarUrl: null }),
    guest: false
  }
}

function who({ userId, displayName, avatarUrl }: Who): Who {
  return { userId, displayName, avatarUrl }
}

function join(house: House, actor: MemberActor): HouseEvent[] {
  const before = house.members.get(actor.userId)
  if (before?.sessionId === actor.sessionId) return []
  const { kind, ...member } = actor
  return [
    ...(before?.sessionId ? takeOver(house, actor.userId) : []),
    { type: 'member:arrived', member },
    ...comeBack(house, actor.userId)
  ]
}

function request(house: House, actor: MemberActor, reason: string, nowMs: number): HouseEvent[] {
  const { room } = house
  const invitation = room.invited.find(invited => invited.userId === actor.userId)
  if (invitation) return [grant(actor, invitation.by)]
  if (isHost(room, actor.userId)) return [grant(actor, actor.userId)]
  if (room.queue.some(entry => entry.userId === actor.userId)) return []
  return [
    { type: 'speak:requested', requestId: requestId(house.requestCount + 1), ...who(actor), reason, requestedAt: nowMs }
  ]
}

function grant(person: Who, by: string): HouseEvent {
  return { type: 'floor:granted', ...who(person), by }
}

function answer(house: House, by: string, id: string, accept: boolean): HouseEvent[] {
  const entry = house.room.queue.find(entry => entry.requestId === id)
  if (!entry) return []
  return accept ? [grant(entry, by)] : endRequest(house, entry.userId, 'speak:rejected', by)
}

/** Takes a request out of the queue, if there is one. */
function endRequest(
  house: House,
  userId: string,
  type: 'speak:withdrawn' | 'speak:rejected',
  by: string
): HouseEvent[] {
  const entry = house.room.queue.find(entry => entry.userId === userId)
  return entry ? [{ type, requestId: entry.requestId, userId, by }] : []
}

/** Takes an invitation back, if there is one. */
function endInvitation(
  house: House,
  userId: string,
  type: 'speak:withdrawn' | 'speak:rejected',
  by: string
): HouseEvent[] {
  const invited = house.room.invited.some(invited => invited.userId === userId)
  return invited ? [{ type, requestId: null, userId, by }] : []
}

/** Inviting someone who asked accepts them. */
function invite(house: House, by: string, userId: string): HouseEvent[] {
  const asked = house.room.queue.find(entry => entry.userId === userId)
  if (asked) return [grant(asked, by)]
  const member = house.members.get(userId)
  if (!member || house.room.invited.some(invited => invited.userId === userId)) return []
  return [{ type: 'speak:invited', ...who(member), by }]
}

function respond(house: House, actor: MemberActor, accept: boolean): HouseEvent[] {
  const invitation = house.room.invited.find(invited => invited.userId === actor.userId)
  if (!invitation) return []
  return accept ? [grant(actor, invitation.by)] : endInvitation(house, actor.userId, 'speak:rejected', actor.userId)
}

function revoke(house: House, by: string, userId: string): HouseEvent[] {
  if (findStageMember(house.room, userId)) return [{ type: 'floor:revoked', userId, by, reason: 'revoked' }]
  return endInvitation(house, userId, 'speak:withdrawn', by)
}

/** The creator keeps their place: for them it only ends the voice, when there is one. */
function stepDown(house: House, userId: string): HouseEvent[] {
  const member = findStageMember(house.room, userId)
  if (!member || (userId === house.room.creatorId && member.producerId === null)) return []
  return [{ type: 'stage:left', userId, reason: 'stepDown' }]
}

function mute(house: House, by: string, userId: string, muted: boolean): HouseEvent[] {
  return findStageMember(house.room, userId)?.muted === muted ? [] : [{ type: 'mute:changed', userId, muted, by }]
}

function muteComments(house: House, by: string, userId: string, muted: boolean): HouseEvent[] {
  return house.room.commentMutedIds.includes(userId) === muted ? [] : [{ type: 'comments:muted', userId, muted, by }]
}

function setCohost(house: House, userId: string, cohost: boolean): HouseEvent[] {
  return house.room.cohostIds.includes(userId) === cohost ? [] : [{ type: 'cohost:changed', userId, cohost }]
}

/** Who left already can still be banned. */
function remove(house: House, by: string, userId: string, ban: boolean): HouseEvent[] {
  const isIn = house.members.has(userId) || isHost(house.room, userId)
  if (!isIn && (!ban || house.bannedIds.has(userId))) return []
  return [
    ...(findStageMember(house.room, userId)
      ? [{ type: 'floor:revoked', userId, by, reason: ban ? 'banned' : 'removed' } as const]
      : []),
    ...endRequest(house, userId, 'speak:rejected', by),
    ...endInvitation(house, userId, 'speak:withdrawn', by),
    { type: 'member:removed', userId, ban, by },
    { type: 'member:gone', userId }
  ]
}

/** A producer that says nothing about muting keeps what was set before. */
function joinStage(house: House, userId: string, producerId: string, muted: boolean | undefined): HouseEvent[] {
  return [
    { type: 'stage:joined', userId, producerId, muted: muted ?? findStageMember(house.room, userId)?.muted ?? false }
  ]
}

function edit(
  house: House,
  { title, description, settings }: Extract<OwnerCommand, { type: 'show:edit' }>
): HouseEvent[] {
  const { room } = house
  const events: HouseEvent[] = []
  if (title !== room.title || description !== room.description) {
    events.push({ type: 'show:changed', title, description })
  }
  if (!isDeepStrictEqual(settings, room.settings)) events.push({ type: 'settings:changed', settings })
  return events
}
