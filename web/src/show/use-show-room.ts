import { useEffect, useState, useSyncExternalStore } from 'react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

/** Joins a show, and leaves it when the component is removed. */
export function useShowRoom(showId: string): ShowRoom | null {
  const [room, setRoom] = useState<ShowRoom | null>(null)
  useEffect(() => {
    const joined = ambient.joinShow(showId)
    setRoom(joined)
    return () => {
      joined.leave()
    }
  }, [showId])
  return room
}

/** Returns the current view of a show, and renders again after each change. */
export function useRoomView(room: ShowRoom): RoomView {
  return useSyncExternalStore(room.subscribe, () => room.view)
}
