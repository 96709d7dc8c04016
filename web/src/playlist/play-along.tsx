import { lazy, useEffect, useState } from 'react'
import type { RoomView } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { Later } from '../parts/later.tsx'

// Loaded where something of Spotify's plays.
const OwnPlayer = lazy(async () => ({ default: (await import('./own-player/own-player.tsx')).OwnPlayer }))

/** One's own Spotify in step with the show; from the first track of Spotify's on it stays, so that it can go on with the next. */
export function PlayAlong({ view }: { view: RoomView }) {
  const user = useUser()
  const isNeeded = view.room?.playback.item?.kind === 'spotify'
  const [met, setMet] = useState(false)
  useEffect(() => {
    if (isNeeded) setMet(true)
  }, [isNeeded])
  if (!met || !user || user.guest) return null
  return (
    <Later>
      <OwnPlayer view={view} />
    </Later>
  )
}
