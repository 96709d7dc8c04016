import { useEffect } from 'react'
import { nowPlaying, type RoomView, type ShowRoom } from '../../../client/index.ts'

/**
 * Connects a live show to the system's media controls. They show the current song and its position, or the show when no
 * song plays. Pause stops the sound on this device only.
 */
export function useMediaSession({ room, clockOffsetMs, isSoundPaused }: RoomView, show: ShowRoom): void {
  const playback = room?.playback ?? null
  const item = playback?.status === 'playing' ? playback.item : null
  const showTitle = room?.title
  useEffect(() => {
    if (!showTitle || !('mediaSession' in navigator)) return
    navigator.mediaSession.metadata = new MediaMetadata(
      item
        ? {
            title: item.title,
            artist: item.artists.join(', '),
            album: item.album ?? showTitle,
            ...(item.artworkUrl && { artwork: [{ src: item.artworkUrl }] })
          }
        : { title: showTitle, artist: 'Ambient' }
    )
    return () => {
      navigator.mediaSession.metadata = null
    }
  }, [item, showTitle])

  useEffect(() => {
    // Voices have no duration and no position.
    const now = item && room ? nowPlaying({ room, clockOffsetMs }, Date.now()) : null
    navigator.mediaSession?.setPositionState(
      now && item && item.durationMs > 0 ? { duration: item.durationMs / 1000, position: now.positionMs / 1000 } : {}
    )
  }, [playback, clockOffsetMs])

  useEffect(() => {
    if (!('mediaSession' in navigator)) return
    navigator.mediaSession.setActionHandler('play', async () => await show.unlockSound())
    navigator.mediaSession.setActionHandler('pause', () => show.pauseSound())
    return () => {
      navigator.mediaSession.setActionHandler('play', null)
      navigator.mediaSession.setActionHandler('pause', null)
    }
  }, [show])

  useEffect(() => {
    if (!('mediaSession' in navigator)) return
    // The song plays through WebAudio, which browsers do not count as playing.
    navigator.mediaSession.playbackState = isSoundPaused ? 'paused' : 'playing'
    return () => {
      navigator.mediaSession.playbackState = 'none'
    }
  }, [isSoundPaused])
}
