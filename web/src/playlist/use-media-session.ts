import { useEffect } from 'react'
import { nowPlaying, type RoomView } from '../../../client/index.ts'

/** Shows the current song and its position in the system's media controls, or the show when no song plays. */
export function useMediaSession({ room, clockOffsetMs }: RoomView): void {
  const playback = room?.playback ?? null
  const item = playback?.status === 'playing' ? playback.item : null
  const show = room?.title
  useEffect(() => {
    if (!show || !('mediaSession' in navigator)) return
    navigator.mediaSession.metadata = new MediaMetadata(
      item
        ? {
            title: item.title,
            artist: item.artists.join(', '),
            album: item.album ?? show,
            ...(item.artworkUrl && { artwork: [{ src: item.artworkUrl }] })
          }
        : { title: show, artist: 'Ambient' }
    )
    return () => {
      navigator.mediaSession.metadata = null
    }
  }, [item, show])

  useEffect(() => {
    // Voices have no duration and no position.
    const now = item && room ? nowPlaying({ room, clockOffsetMs }, Date.now()) : null
    navigator.mediaSession?.setPositionState(
      now && item && item.durationMs > 0 ? { duration: item.durationMs / 1000, position: now.positionMs / 1000 } : {}
    )
  }, [playback, clockOffsetMs])
}
