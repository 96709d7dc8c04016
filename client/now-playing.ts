import { positionAt } from '../contract/playback-position.ts'
import type { PlaylistItem } from '../contract/playback.ts'
import type { RoomView } from './room-view.ts'

/** What plays, or rests, at one moment. Times in ms. */
export interface NowPlaying {
  readonly item: PlaylistItem
  readonly isPlaying: boolean
  readonly positionMs: number
  readonly remainingMs: number
}

/** What plays now and where it is, by the server's clock; null where nothing does. `nowMs`: ms since the epoch on this machine. */
export function nowPlaying(
  { room, clockOffsetMs }: Pick<RoomView, 'room' | 'clockOffsetMs'>,
  nowMs: number
): NowPlaying | null {
  const item = room?.playback.item
  if (!room || !item) return null
  const positionMs = positionAt(room.playback, nowMs + clockOffsetMs)
  return {
    item,
    isPlaying: room.playback.status === 'playing',
    positionMs,
    remainingMs: Math.max(0, item.durationMs - positionMs)
  }
}
