import { use } from 'react'
import { Button } from '../ui/button.tsx'
import { OpenArtistCard } from './artist-cards.tsx'
import type { NamedArtist } from './artist-dialog.tsx'
import styles from './item-info.module.css'

/** The name of an artist that opens what is known about them. */
export function ArtistName({ artistKey, name }: NamedArtist) {
  const openCard = use(OpenArtistCard)
  return (
    <Button className={styles.about ?? ''} aria-haspopup='dialog' onPress={() => openCard({ artistKey, name })}>
      <span className='visually-hidden'>About </span>
      {name}
    </Button>
  )
}
