import { useEffect } from 'react'
import { nowPlaying, type RoomView, type ShowRoom } from '../../../client/index.ts'
import { useMediaControls } from '../media-session/use-media-controls.ts'

/**
 * Connects a live show to the system's media controls. They show the current song and its position, or the show when no
 * song plays. Pause stops the sound on this device only.
 */
export function useMediaSession({ room, clockOffsetMs, isSoundPaused }: RoomView, show: ShowRoom): void {
  const controls = useMediaControls()
  const playback = room?.playback ?? null
  const item = playback?.status === 'playing' ? playback.item : null
  const showTitle = room?.title
  useEffect(() => {
    if (!showTitle) return
    controls.current?.update({
      metadata: item
        ? {
            title: item.title,
            artist: item.artists.join(', '),
            album: item.album ?? showTitle,
            ...(item.artworkUrl && { artwork: [{ src: item.artworkUrl }] })
          }
        : { title: showTitle, artist: 'Ambient' }
    })
  }, [controls, item, showTitle])

  useEffect(() => {
    // Voices have no duration and no position.
    const now = item && room ? nowPlaying({ room, clockOffsetMs }, Date.now()) : null
    controls.current?.update({
      position:
        now && item && item.durationMs > 0 ? { duration: item.durationMs / 1000, position: now.positionMs / 1000 } : {}
    })
  }, [controls, playback, clockOffsetMs])

  useEffect(() => {
    controls.current?.update({
      handlers: { play: async () => await show.unlockSound(), pause: () => show.pauseSound() }
    })
  }, [controls, show])

  useEffect(() => {
    // The song plays through WebAudio, which browsers do not count as playing.
    controls.current?.update({ playbackState: isSoundPaused ? 'paused' : 'playing' })
  }, [controls, isSoundPaused])
}
