import type { LiveFigures } from '../../plugins/external/metrics/realtime.ts'
import type { LiveRoom } from './live-room.ts'
import { countListeners } from '../room/server-room-state.ts'

/** How all rooms of this server stand, in numbers. */
export type RoomFigures = Omit<LiveFigures, 'sockets'>

export function figuresOf(rooms: Iterable<LiveRoom>): RoomFigures {
  const figures = {
    shows: { live: 0, interrupted: 0 },
    stage: { granted: 0, onStage: 0, suspended: 0 },
    waiting: 0,
    listeners: 0,
    playing: 0,
    pendingWrites: 0
  }
  for (const { house, pendingWrites } of rooms) {
    const { status, stage, queueLength, playback } = house.room
    figures.pendingWrites += pendingWrites
    if (status !== 'live' && status !== 'interrupted') continue
    figures.shows[status]++
    for (const { state } of stage) figures.stage[state]++
    figures.waiting += queueLength
    figures.listeners += countListeners(house)
    if (playback.status === 'playing') figures.playing++
  }
  return figures
}
