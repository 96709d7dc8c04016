import { useEffect, useState } from 'react'
import { CodedError, type ArtistCard } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { partsOf, withoutExpired } from '../metadata/artist-parts.ts'
import { OutsideLink } from '../metadata/outside-link.tsx'
import { SourceCredits } from '../metadata/source-credit.tsx'
import { noticesOf } from '../metadata/sources.ts'
import { useExpiry } from '../metadata/use-expiry.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import styles from './artist-dialog.module.css'

export interface NamedArtist {
  artistKey: string
  /** The name, as the song has it. */
  name: string
}

interface ArtistDialogProps extends NamedArtist {
  onClose: () => void
}

/** Shows the card of an artist, each part with its source. */
export function ArtistDialog({ artistKey, name, onClose }: ArtistDialogProps) {
  const { card, error, retry } = useArtistCard(artistKey)
  return (
    <Dialog title={(card !== 'unknown' && card?.name) || name} isOpen onClose={onClose}>
      {error !== null ? (
        <div role='alert' className={styles.error}>
          <p>{error}</p>
          <AsyncButton onPress={retry}>Try again</AsyncButton>
        </div>
      ) : card === null ? (
        <Skeleton count={3} />
      ) : card === 'unknown' || isEmpty(card) ? (
        <p role='status'>Nothing is known about this artist yet.</p>
      ) : (
        <CardParts card={card} />
      )}
      <DialogButtons>
        <AsyncButton onPress={onClose}>Close</AsyncButton>
      </DialogButtons>
    </Dialog>
  )
}

function CardParts({ card }: { card: ArtistCard }) {
  const { about, genres, origin, links } = card
  const place = origin && describeOrigin(origin)
  return (
    <>
      {about && (
        <div className={styles.part}>
          <p className={styles.about}>{about.text}</p>
          <SourceCredits of={[about]} />
        </div>
      )}
      {genres.length > 0 && (
        <section className={styles.part} aria-label='Genres'>
          <h3>Genres</h3>
          <ul className={styles.genres}>
            {genres.map(genre => (
              <li key={`${genre.source} ${genre.name}`}>{genre.name}</li>
            ))}
          </ul>
          <SourceCredits of={genres} />
        </section>
      )}
      {origin && place && (
        <section className={styles.part} aria-label='Origin'>
          <h3>Origin</h3>
          <p>{place}</p>
          <SourceCredits of={[origin]} />
        </section>
      )}
      {links.length > 0 && (
        <section className={styles.part} aria-label='Links'>
          <h3>Links</h3>
          <ul className={styles.links}>
            {links.map(({ label, address }) => (
              <li key={address}>
                <OutsideLink address={address}>{label}</OutsideLink>
              </li>
            ))}
          </ul>
          <SourceCredits of={links} />
        </section>
      )}
      {noticesOf(partsOf(card).map(({ source }) => source)).map(notice => (
        <p key={notice} className={styles.notice}>
          {notice}
        </p>
      ))}
    </>
  )
}

const isEmpty = ({ about, genres, origin, links }: ArtistCard) =>
  !about && genres.length === 0 && !(origin && describeOrigin(origin)) && links.length === 0

/** Formats where an artist is from and since when: `Harbour town, 1994–2003`. */
function describeOrigin({ area, beginYear, endYear }: NonNullable<ArtistCard['origin']>): string {
  const began = beginYear === null ? '' : endYear === null ? `since ${beginYear}` : `${beginYear}–${endYear}`
  const years = beginYear === null && endYear !== null ? `until ${endYear}` : began
  return [area, years].filter(Boolean).join(', ')
}

/** Loads the card of an artist; `unknown` when there is none. */
function useArtistCard(key: string) {
  const [card, setCard] = useState<ArtistCard | 'unknown' | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    let isCurrent = true
    setError(null)
    ambient.metadata.artist(key).then(
      loaded => {
        // A clock that is ahead drops parts at once, which then stay away: nothing is loaded for them again.
        if (isCurrent) setCard(withoutExpired(loaded, Date.now()))
      },
      (error: unknown) => {
        if (!isCurrent) return
        if (error instanceof CodedError && error.code === 'NOT_FOUND') setCard('unknown')
        else setError(errorMessage(error))
      }
    )
    return () => {
      isCurrent = false
    }
  }, [key, attempt])
  const retry = () => setAttempt(count => count + 1)
  useExpiry(card === null || card === 'unknown' ? [] : partsOf(card), nowMs => {
    setCard(before => (before === null || before === 'unknown' ? before : withoutExpired(before, nowMs)))
    retry()
  })
  return { card, error, retry }
}
