import type { Pin, PinnableComment } from '../../../contract/pins.ts'
import type { ServerRoomEvent } from '../events.ts'
import type { ServerRoomState } from '../server-room-state.ts'
import { byMember, onAir, type Deciders } from './decider.ts'

/** Pinning a comment or a link, one at a time. */
export const pinDeciders: Deciders<'comment:pin' | 'link:pin' | 'pin:remove' | 'server:commentsDeleted'> = {
  'comment:pin': byMember(({ room }, { comment }, { userId }) =>
    comment === null || isPinned(room.pin, comment) ? [] : [{ type: 'comment:pinned', ...comment, by: userId }]
  ),
  'link:pin': byMember(({ room: { pin } }, { url, text }, { userId }) =>
    pin?.kind === 'link' && pin.url === url && pin.text === text ? [] : [{ type: 'link:pinned', url, text, by: userId }]
  ),
  'pin:remove': byMember(({ room }, _command, { userId }) =>
    room.pin ? [{ type: 'pin:removed', by: userId, reason: 'host' }] : []
  ),
  'server:commentsDeleted': onAir(({ room: { pin } }, { commentIds }) =>
    pin?.kind === 'comment' && commentIds.includes(pin.commentId) ? [removedByDeletion] : []
  )
}

const removedByDeletion = { type: 'pin:removed', by: null, reason: 'deleted' } as const

function isPinned(pin: Pin | undefined, { commentId, text }: PinnableComment): boolean {
  return pin?.kind === 'comment' && pin.commentId === commentId && pin.text === text
}

/** Returns the events that take away what a person has pinned, or the pinned comment of theirs. */
export function unpinOf({ room: { pin } }: ServerRoomState, userId: string): ServerRoomEvent[] {
  const isTheirs = pin !== undefined && (pin.by === userId || (pin.kind === 'comment' && pin.userId === userId))
  return isTheirs ? [removedByDeletion] : []
}

/** Returns the event that shows the pinned comment of a person with their new name and picture. */
export function renamedPin(
  { room: { pin } }: ServerRoomState,
  { userId, displayName, avatarUrl }: { userId: string; displayName: string; avatarUrl: string | null }
): ServerRoomEvent[] {
  if (pin?.kind !== 'comment' || pin.userId !== userId) return []
  if (pin.displayName === displayName && pin.avatarUrl === avatarUrl) return []
  const { kind, pinnedAt, ...pinned } = pin
  return [{ type: 'comment:pinned', ...pinned, displayName, avatarUrl }]
}
