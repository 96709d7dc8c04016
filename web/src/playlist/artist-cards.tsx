import { createContext, lazy, useEffect, useRef, useState, type ReactNode } from 'react'
import { focusMain } from '../layout/page-focus.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import type { NamedArtist } from './artist-dialog.tsx'

const ArtistDialog = lazy(async () => ({ default: (await import('./artist-dialog.tsx')).ArtistDialog }))

/** Opens the card of an artist. */
export const OpenArtistCard = createContext<(artist: NamedArtist) => void>(() => {})

/**
 * Shows the card of an artist that was opened inside. The card stays open until it is dismissed, also when the song is
 * over and the name that opened it is gone.
 */
export function ArtistCards({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<NamedArtist | null>(null)
  const wasOpen = useRef(false)

  useEffect(() => {
    const isClosed = wasOpen.current && opened === null
    wasOpen.current = opened !== null
    if (!isClosed) return
    // The dialog gives the focus back in the next frame, to the name that opened it. When that is gone, nothing has it.
    const frame = requestAnimationFrame(focusMain)
    return () => cancelAnimationFrame(frame)
  }, [opened])

  return (
    <OpenArtistCard value={setOpened}>
      {children}
      {opened && (
        <LazyBoundary>
          <ArtistDialog {...opened} onClose={() => setOpened(null)} />
        </LazyBoundary>
      )}
    </OpenArtistCard>
  )
}
