import { useEffect } from 'react'
import { nowPlaying, type RoomView, type ShowRoom } from '../../../client/index.ts'
import { useMediaControls } from '../media-session/use-media-controls.ts'

/**
 * Connects a live show to the system's media controls. They show the current song and its position, or the show when no
 * song plays, with the artwork of the song, the cover of the show, or the picture of its creator. Pause stops the sound
 * on this device only.
 */
export function useMediaSession({ room, clockOffsetMs, isSoundPaused }: RoomView, show: ShowRoom): void {
  const controls = useMediaControls()
  const playback = room?.playback ?? null
  const item = playback?.status === 'playing' ? playback.item : null
  const showTitle = room?.title
  const creatorUrl = room?.stage.find(({ userId }) => userId === room.creatorId)?.avatarUrl
  const pictureUrl = item?.artworkUrl ?? room?.coverUrl ?? creatorUrl
  useEffect(() => {
    if (!showTitle) return
    const artwork = pictureUrl ? { artwork: [{ src: pictureUrl }] } : {}
    controls.current?.update({
      metadata: item
        ? { title: item.title, artist: item.artists.join(', '), album: item.album ?? showTitle, ...artwork }
        : { title: showTitle, artist: 'Ambient', ...artwork }
    })
  }, [controls, item, showTitle, pictureUrl])

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
