import { isDeepStrictEqual } from 'node:util'
import { findStageMember } from '../../../contract/room.ts'
import { ownerOf } from '../../../contract/stage.ts'
import type { CommandMap } from '../commands.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { Member, ServerRoomState } from '../server-room-state.ts'
import { broughtOnAir } from './backstage.ts'
import { changesNothing, profileOf, whileOpen, type Deciders } from './decider.ts'

/** Starting, editing and ending the show. */
export const showDeciders: Deciders<'show:start' | 'show:end' | 'show:announce' | 'server:showEdited'> = {
  'show:start': state => {
    const recording = state.room.settings.record === true ? [{ type: 'recording:started', by: null } as const] : []
    // A recording begins with everybody who is on stage.
    return [{ type: 'show:started' }, ...broughtOnAir(state), ...recording, ...awaitedOwner(state)]
  },
  'show:end': (_state, _command, actor) => [
    { type: 'show:ended', reason: actor.kind === 'operator' ? 'operator' : 'ended' }
  ],
  'show:announce': changesNothing,
  'server:showEdited': whileOpen(followEdit)
}

/** From the start, the owner has the grace period to join, unless they are there already. */
function awaitedOwner(state: ServerRoomState): ServerRoomEvent[] {
  if (state.members.has(ownerOf(state.room))) return []
  return [{ type: 'member:awaited', member: ownerAsMember(state) }]
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
