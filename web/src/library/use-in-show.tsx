import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import { Plus, Radio } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import type { Show, Song } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Dialog, DialogButtons } from '../parts/dialog.tsx'
import { Skeleton } from '../parts/listing.tsx'
import { whenText } from '../parts/when.ts'
import { addToShow } from './add-to-show.ts'
import styles from './use-in-show.module.css'

const mostShows = 100

/** Puts a song into the playlist of one of one's shows, or of a new one. */
export function UseInShow({ song, onClose }: { song: Song; onClose: () => void }) {
  const { shows, fault, again } = useOwnShows()
  const [added, setAdded] = useState<Show | null>(null)
  const [failed, setFailed] = useState<string | null>(null)

  async function add(show: Show) {
    setFailed(null)
    await addToShow(show.id, song.id).then(
      () => setAdded(show),
      (error: unknown) => setFailed(error instanceof Error ? error.message : String(error))
    )
  }

  return (
    <Dialog title={`Use “${song.title}”`} isOpen onClose={onClose}>
      {added ? (
        <Done song={song} show={added} onClose={onClose} />
      ) : (
        <>
          {fault && (
            <div role='alert' className={styles.fault}>
              <p>{fault}</p>
              <Action onPress={again}>Try again</Action>
            </div>
          )}
          {!shows && !fault && <Skeleton />}
          {shows && (
            <>
              <p>
                {shows.length > 0
                  ? 'It goes to the end of the playlist of'
                  : 'You have no show yet that it could go into.'}
              </p>
              {shows.length > 0 && (
                <ul className={styles.shows}>
                  {shows.map(show => (
                    <li key={show.id}>
                      <Choice
                        show={show}
                        onChoose={() => {
                          add(show)
                        }}
                      />
                    </li>
                  ))}
                </ul>
              )}
            </>
          )}
          {failed && (
            <p role='alert' className={styles.fault}>
              {failed}
            </p>
          )}
          <DialogButtons>
            <Action onPress={onClose}>Cancel</Action>
            {shows && <NewShow song={song} isMain={shows.length === 0} />}
          </DialogButtons>
        </>
      )}
    </Dialog>
  )
}

function Choice({ show: { title, status, startsAt }, onChoose }: { show: Show; onChoose: () => void }) {
  const isLive = status !== 'scheduled'
  return (
    <Button className={styles.show ?? ''} onPress={onChoose}>
      <span className={styles.name}>{title}</span>
      <span className={isLive ? styles.live : styles.when}>
        {isLive ? (
          <>
            <Radio size={16} aria-hidden='true' />
            On air now
          </>
        ) : startsAt ? (
          whenText(startsAt)
        ) : (
          'Not planned yet'
        )}
      </span>
    </Button>
  )
}

function Done({ song, show, onClose }: { song: Song; show: Show; onClose: () => void }) {
  return (
    <>
      <p role='status'>
        “{song.title}” is in the playlist of “{show.title}”.
      </p>
      <DialogButtons>
        <Link href={`/shows/${show.id}`} className={styles.link ?? ''}>
          Go to the show
        </Link>
        <Action kind='main' onPress={onClose}>
          Done
        </Action>
      </DialogButtons>
    </>
  )
}

/** Begins another show with this song in it, to be got ready. */
function NewShow({ song, isMain }: { song: Song; isMain: boolean }) {
  const user = useUser()
  const [, go] = useLocation()
  async function begin() {
    const { id } = await ambient.shows.create({ title: `${user?.displayName ?? ''}’s show` })
    await addToShow(id, song.id)
    go(`/shows/${id}`)
  }
  return (
    <Action kind={isMain ? 'main' : 'plain'} onPress={begin}>
      <Plus size={18} aria-hidden='true' />
      New show
    </Action>
  )
}

/** One's shows that have a playlist to change: what is live first, then what is to come. */
function useOwnShows() {
  const user = useUser()
  const [shows, setShows] = useState<Show[] | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  const creatorId = user?.id ?? ''
  useEffect(() => {
    let wanted = true
    setFault(null)
    const listed = (['live', 'scheduled'] as const).map(
      async status => (await ambient.shows.list({ creatorId, status, limit: mostShows })).items
    )
    Promise.all(listed).then(
      lists => {
        if (wanted) setShows(lists.flat())
      },
      (error: unknown) => {
        if (wanted) setFault(error instanceof Error ? error.message : String(error))
      }
    )
    return () => {
      wanted = false
    }
  }, [creatorId, attempt])
  return { shows, fault, again: () => setAttempt(count => count + 1) }
}
