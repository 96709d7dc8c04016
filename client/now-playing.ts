import { positionAt } from '../contract/playback-position.ts'
import type { PlaylistItem } from '../contract/playback.ts'
import type { RoomView } from './room-view.ts'

/** The item that plays or is paused, at one moment. Times in ms. */
export interface NowPlaying {
  readonly item: PlaylistItem
  readonly isPlaying: boolean
  readonly positionMs: number
  readonly remainingMs: number
}

/**
 * Returns the item that plays and its position by the server's clock, or null when nothing plays. `nowMs` is the time
 * of this machine, ms since the epoch.
 */
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
