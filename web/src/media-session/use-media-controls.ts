import { useEffect, useRef, type RefObject } from 'react'
import { MediaSessionStack, type MediaSessionOwner } from './media-session-stack.ts'

const stack = new MediaSessionStack(navigator.mediaSession, init => new MediaMetadata(init))

/**
 * Owns the media controls of the system while the component is there. The effects of the component that come after it
 * update them.
 */
export function useMediaControls(): RefObject<MediaSessionOwner | null> {
  const owner = useRef<MediaSessionOwner | null>(null)
  useEffect(() => {
    const owned = stack.own()
    owner.current = owned
    return () => owned.release()
  }, [])
  return owner
}
