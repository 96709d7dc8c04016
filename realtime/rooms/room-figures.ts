import type { LiveFigures } from '../../plugins/external/metrics/realtime.ts'
import type { LiveRoom } from './live-room.ts'

/** Figures of all rooms of this server, for its metrics. */
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
  for (const { state, pendingWrites } of rooms) {
    const { status, stage, queueLength, playback } = state.room
    figures.pendingWrites += pendingWrites
    if (status !== 'live' && status !== 'interrupted') continue
    figures.shows[status]++
    for (const speaker of stage) figures.stage[speaker.state]++
    figures.waiting += queueLength
    figures.listeners += state.listenerCount
    if (playback.status === 'playing') figures.playing++
  }
  return figures
}
