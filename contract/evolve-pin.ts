import type { Pin } from './pins.ts'
import type { RoomEvent } from './room-events.ts'

type PinEvent = Extract<RoomEvent, { type: 'comment:pinned' | 'link:pinned' | 'pin:removed' }>

/**
 * Returns a room after something was pinned `at` a time, or unpinned. A comment that is pinned again, because its
 * author has another name, keeps its time: it is the same pin.
 */
export function evolvePin<R extends { readonly pin?: Pin }>(room: R, event: PinEvent, at: number): R {
  switch (event.type) {
    case 'comment:pinned': {
      const { type, ...comment } = event
      const isSame = room.pin?.kind === 'comment' && room.pin.commentId === comment.commentId
      return { ...room, pin: { kind: 'comment', ...comment, pinnedAt: isSame && room.pin ? room.pin.pinnedAt : at } }
    }
    case 'link:pinned': {
      const { type, ...link } = event
      return { ...room, pin: { kind: 'link', ...link, pinnedAt: at } }
    }
    case 'pin:removed':
      return withoutPin(room)
  }
}

function withoutPin<R extends { readonly pin?: Pin }>(room: R): R {
  const { pin, ...after } = room
  return after as R
}
