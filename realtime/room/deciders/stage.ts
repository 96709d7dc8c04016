import { findStageMember, isHost } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { StageMember } from '../../../contract/snapshot.ts'
import type { CommandMap, MemberActor } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { byMember, changesNothing, whileOpen, type Deciders } from './decider.ts'

/** The voices on stage. */
export const stageDeciders: Deciders<
  | 'speak:stepDown'
  | 'mute:set'
  | 'mute:all'
  | 'media:use'
  | 'media:produce'
  | 'media:produced'
  | 'server:producerLost'
  | 'server:overBitrate'
  | 'server:voiceHeard'
> = {
  'speak:stepDown': byMember((state, _command, { userId }) => stepDown(state, userId)),
  'mute:set': byMember(mute),
  'mute:all': byMember(muteAll),
  'media:use': changesNothing,
  'media:produce': changesNothing,
  'media:produced': byMember(joinStage),
  'server:producerLost': whileOpen((state, command) =>
    speakerWith(state, command)?.state === 'onStage' ? [{ type: 'stage:suspended', userId: command.userId }] : []
  ),
  'server:overBitrate': whileOpen((state, command) =>
    speakerWith(state, command) ? [{ type: 'floor:revoked', userId: command.userId, by: null, reason: 'bitrate' }] : []
  ),
  'server:voiceHeard': whileOpen((state, { userId, producerId }) =>
    speakerWith(state, { userId, producerId })?.silent ? [{ type: 'stage:heard', userId, producerId }] : []
  )
}

/** The owner keeps their place: stepping down only ends their voice, if they have one. */
function stepDown({ room }: ServerRoomState, userId: string): ServerRoomEvent[] {
  const speaker = findStageMember(room, userId)
  if (!speaker || (userId === ownerOf(room) && speaker.producerId === null)) return []
  return [{ type: 'stage:left', userId, reason: 'stepDown' }]
}

function mute(
  { room }: ServerRoomState,
  { userId, muted }: CommandMap['mute:set'],
  { userId: by }: MemberActor
): ServerRoomEvent[] {
  return findStageMember(room, userId)?.muted === muted ? [] : [{ type: 'mute:changed', userId, muted, by }]
}

/** Hosts stay as they are: only the owner mutes them, one by one. */
function muteAll({ room }: ServerRoomState, _command: unknown, { userId: by }: MemberActor): ServerRoomEvent[] {
  return room.stage
    .filter(({ userId, muted }) => !muted && !isHost(room, userId))
    .map(({ userId }) => ({ type: 'mute:changed', userId, muted: true, by }))
}

/** Without `muted` the speaker stays as muted as they were. */
function joinStage(
  { room }: ServerRoomState,
  { producerId, muted, silent = false }: CommandMap['media:produced'],
  { userId }: MemberActor
): ServerRoomEvent[] {
  const isMuted = muted ?? findStageMember(room, userId)?.muted ?? false
  return [{ type: 'stage:joined', userId, producerId, muted: isMuted, ...(silent && { silent }) }]
}

/** Returns the speaker if they are heard from this producer. */
function speakerWith(
  { room }: ServerRoomState,
  { userId, producerId }: { userId: string; producerId: string }
): StageMember | undefined {
  const speaker = findStageMember(room, userId)
  return speaker?.producerId === producerId ? speaker : undefined
}
