import { useEffect, useState } from 'react'
import { nowPlaying, type NowPlaying, type RoomView } from '../../../client/index.ts'

/** Often enough that a second is never shown late by more than the eye can see. */
const lookEveryMs = 250

/** What plays and where it is, by the server's clock; runs on while it plays. */
export function usePlaying(view: RoomView): NowPlaying | null {
  const [, tick] = useState(0)
  const isRunning = view.room?.playback.status === 'playing'
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => tick(count => count + 1), lookEveryMs)
    return () => clearInterval(timer)
  }, [isRunning])
  return nowPlaying(view, Date.now())
}
