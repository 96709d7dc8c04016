import { useEffect, useState } from 'react'
import { nowPlaying, type NowPlaying, type RoomView } from '../../../client/index.ts'

/** Short enough that a second never appears noticeably late. */
const updateEveryMs = 250

/** Returns what plays and its position by the server's clock, and renders again while it plays. */
export function useNowPlaying(view: RoomView): NowPlaying | null {
  const [, tick] = useState(0)
  const isRunning = view.room?.playback.status === 'playing'
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => tick(count => count + 1), updateEveryMs)
    return () => clearInterval(timer)
  }, [isRunning])
  return nowPlaying(view, Date.now())
}
