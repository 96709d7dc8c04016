import type { RoomView } from '../../../client/index.ts'
import { isOnAir } from './current-show.ts'

/** Returns the title of the tab of a live show. */
export function tabTitle(view: RoomView): string {
  return `${titlePrefix(view)}${view.room?.title} · Ambient`
}

/** Returns what the title of a tab begins with, so that a person sees it from another tab; empty for a listener. */
export function titlePrefix(view: RoomView): string {
  const requestCount = view.me.isHost ? (view.room?.queue.length ?? 0) : 0
  const isHeard = isOnAir(view) && view.room?.status !== 'scheduled'
  return `${requestCount > 0 ? `(${requestCount}) ` : ''}${isHeard ? 'On air · ' : ''}`
}
