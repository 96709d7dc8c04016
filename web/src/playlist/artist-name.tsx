import { lazy, useState } from 'react'
import { Button } from 'react-aria-components'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import styles from './item-info.module.css'

const ArtistDialog = lazy(async () => ({ default: (await import('./artist-dialog.tsx')).ArtistDialog }))

interface ArtistNameProps {
  artistKey: string
  name: string
}

/** The name of an artist that opens what is known about them. */
export function ArtistName({ artistKey, name }: ArtistNameProps) {
  // The next song may be by somebody else: the card stays as it was opened.
  const [opened, setOpened] = useState<ArtistNameProps | null>(null)
  return (
    <>
      <Button className={styles.about ?? ''} aria-haspopup='dialog' onPress={() => setOpened({ artistKey, name })}>
        <span className='visually-hidden'>About </span>
        {name}
      </Button>
      {opened && (
        <LazyBoundary>
          <ArtistDialog {...opened} onClose={() => setOpened(null)} />
        </LazyBoundary>
      )}
    </>
  )
}
