import { useEffect } from 'react'
import type { RoomView } from '../../../client/index.ts'

/** Tells the machine what is on: what plays, or else the show itself. */
export function useMediaSession ({ room }: RoomView): void {
  const item = room?.playback.status === 'playing' ? room.playback.item : null
  const show = room?.title
  useEffect(() => {
    if (!show || !('mediaSession' in navigator)) return
    navigator.mediaSession.metadata = new MediaMetadata(item
      ? { title: item.title, artist: item.artists.join(', '), album: item.album ?? show, ...(item.artworkUrl && { artwork: [{ src: item.artworkUrl }] }) }
      : { title: show, artist: 'Ambient' })
    return () => { navigator.mediaSession.metadata = null }
  }, [item, show])
}
