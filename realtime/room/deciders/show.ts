import { isDeepStrictEqual } from 'node:util'
import { findStageMember } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { CommandMap } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { Member, ServerRoomState } from '../server-room-state.ts'
import { changesNothing, onAir, profileOf, type Deciders } from './decider.ts'

/** Starting, editing and ending the show. */
export const showDeciders: Deciders<'show:start' | 'show:end' | 'show:announce' | 'server:showEdited'> = {
  'show:start': state => [
    { type: 'show:started' },
    ...(state.room.settings.record === true ? [{ type: 'recording:started', by: null } as const] : []),
    { type: 'member:awaited', member: ownerAsMember(state) }
  ],
  'show:end': (_state, _command, actor) => [
    { type: 'show:ended', reason: actor.kind === 'operator' ? 'operator' : 'ended' }
  ],
  'show:announce': changesNothing,
  'server:showEdited': onAir(followEdit)
}

/** The owner of the room as a member who is not connected. */
export function ownerAsMember({ room }: ServerRoomState): Omit<Member, 'awaySinceMs' | 'presenceId'> {
  const userId = ownerOf(room)
  const seat = findStageMember(room, userId) ?? { userId, displayName: '', avatarUrl: null }
  return { ...profileOf(seat), guest: false }
}

/** Follows the stored show; an older version than the last one changes nothing. */
function followEdit(
  { room, showVersion }: ServerRoomState,
  { version, title, description, tags = room.tags, coverUrl, settings }: CommandMap['server:showEdited']
): ServerRoomEvent[] {
  if (version <= showVersion) return []
  const events: ServerRoomEvent[] = [{ type: 'show:loaded', version }]
  const isRetagged = !isDeepStrictEqual(tags ?? [], room.tags ?? [])
  const cover = coverUrl === undefined || coverUrl === (room.coverUrl ?? null) ? {} : { coverUrl }
  if (title !== room.title || description !== room.description || isRetagged || 'coverUrl' in cover) {
    events.push({ type: 'show:changed', title, description, ...(tags && { tags: [...tags] }), ...cover })
  }
  if (!isDeepStrictEqual(settings, room.settings)) events.push({ type: 'settings:changed', settings })
  return events
}
