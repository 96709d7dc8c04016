import { useEffect, useState, useSyncExternalStore } from 'react'
import type { RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

/** Is in the show for as long as the page is. */
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

/** The show as it is now. */
export function useView(room: ShowRoom): RoomView {
  return useSyncExternalStore(room.subscribe, () => room.view)
}
