import type { ServerRoomState } from '../room/server-room-state.ts'

/** Closes rooms in which nobody is backstage any more. */
export interface EmptyBackstages {
  /** The state of a room has changed, or the room was opened. */
  watch(showId: string, state: ServerRoomState): void
  close(): void
}

export interface EmptyBackstagesParts {
  /** Time for people to come back, or to finish joining, ms. */
  afterMs: number
  /** Closes the room of a planned show, unless somebody has come meanwhile. Never rejects. */
  onEmpty(showId: string): Promise<void>
}

export function createEmptyBackstages({ afterMs, onEmpty }: EmptyBackstagesParts): EmptyBackstages {
  const timers = new Map<string, NodeJS.Timeout>()

  function forget(showId: string): void {
    clearTimeout(timers.get(showId))
    timers.delete(showId)
  }

  return {
    watch(showId, { room, members }) {
      if (room.status !== 'scheduled' || !members.isEmpty()) return forget(showId)
      if (timers.has(showId)) return
      const timer = setTimeout(() => {
        timers.delete(showId)
        onEmpty(showId)
      }, afterMs)
      timers.set(showId, timer.unref())
    },
    close() {
      for (const showId of timers.keys()) forget(showId)
    }
  }
}
