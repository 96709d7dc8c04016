import { lazy, useEffect, useState } from 'react'
import type { RoomView } from '../../../client/index.ts'
import { useUser } from '../ambient.ts'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'

// Loaded when a Spotify track plays for the first time.
const SpotifyPlayer = lazy(async () => ({
  default: (await import('./spotify-player/spotify-player.tsx')).SpotifyPlayer
}))

/**
 * Offers to play the show's Spotify tracks in the user's own Spotify. It stays after the first track, to continue with
 * the next.
 */
export function ListenAlong({ view }: { view: RoomView }) {
  const user = useUser()
  const isSpotifyTrack = view.room?.playback.item?.kind === 'spotify'
  const [hasPlayedSpotify, setHasPlayedSpotify] = useState(false)
  useEffect(() => {
    if (isSpotifyTrack) setHasPlayedSpotify(true)
  }, [isSpotifyTrack])
  if (!hasPlayedSpotify || !user || user.guest) return null
  return (
    <LazyBoundary>
      <SpotifyPlayer view={view} />
    </LazyBoundary>
  )
}
