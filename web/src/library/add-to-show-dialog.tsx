import { useEffect, useState } from 'react'
import { Plus, Radio } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import type { Show, Song } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { errorMessage } from '../errors.ts'
import { formatDateTime } from '../format/date-time.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogButtons } from '../ui/dialog.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { addToShow } from './add-to-show.ts'
import styles from './add-to-show-dialog.module.css'

const maxShows = 100

/** Adds a song to the playlist of one of the user's shows, or of a new show. */
export function AddToShowDialog({ song, onClose }: { song: Song; onClose: () => void }) {
  const { shows, error, retry } = useOwnShows()
  const [addedTo, setAddedTo] = useState<Show | null>(null)
  const [addError, setAddError] = useState<string | null>(null)

  async function add(show: Show) {
    setAddError(null)
    await addToShow(show.id, song.id).then(
      () => setAddedTo(show),
      (error: unknown) => setAddError(errorMessage(error))
    )
  }

  return (
    <Dialog title={`Add “${song.title}” to a show`} isOpen onClose={onClose}>
      {addedTo ? (
        <AddedMessage song={song} show={addedTo} onClose={onClose} />
      ) : (
        <>
          {error && (
            <div role='alert' className={styles.error}>
              <p>{error}</p>
              <AsyncButton onPress={retry}>Try again</AsyncButton>
            </div>
          )}
          {!shows && !error && <Skeleton />}
          {shows && (
            <>
              <p>
                {shows.length > 0
                  ? 'Choose a show. The song goes to the end of its playlist.'
                  : 'You don’t have a show to add it to yet.'}
              </p>
              {shows.length > 0 && (
                <ul className={styles.shows}>
                  {shows.map(show => (
                    <li key={show.id}>
                      <ShowOption
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
          {addError && (
            <p role='alert' className={styles.error}>
              {addError}
            </p>
          )}
          <DialogButtons>
            <AsyncButton onPress={onClose}>Cancel</AsyncButton>
            {shows && <NewShowButton song={song} isPrimary={shows.length === 0} />}
          </DialogButtons>
        </>
      )}
    </Dialog>
  )
}

function ShowOption({ show: { title, status, startsAt }, onChoose }: { show: Show; onChoose: () => void }) {
  const isLive = status !== 'scheduled'
  return (
    <Button className={styles.show ?? ''} onPress={onChoose}>
      <span className={styles.title}>{title}</span>
      <span className={isLive ? styles.live : styles.when}>
        {isLive ? (
          <>
            <Radio size={16} aria-hidden='true' />
            On air now
          </>
        ) : startsAt ? (
          formatDateTime(startsAt)
        ) : (
          'No start time yet'
        )}
      </span>
    </Button>
  )
}

function AddedMessage({ song, show, onClose }: { song: Song; show: Show; onClose: () => void }) {
  return (
    <>
      <p role='status'>
        “{song.title}” was added to “{show.title}”.
      </p>
      <DialogButtons>
        <Link href={`/shows/${show.id}`} className={styles.link ?? ''}>
          Go to the show
        </Link>
        <AsyncButton variant='primary' onPress={onClose}>
          Done
        </AsyncButton>
      </DialogButtons>
    </>
  )
}

/** Creates a show with this song in its playlist, and opens its green room. */
function NewShowButton({ song, isPrimary }: { song: Song; isPrimary: boolean }) {
  const user = useUser()
  const [, navigate] = useLocation()
  async function create() {
    const { id } = await ambient.shows.create({ title: `${user?.displayName ?? ''}’s show` })
    await addToShow(id, song.id)
    navigate(`/shows/${id}`)
  }
  return (
    <AsyncButton variant={isPrimary ? 'primary' : 'secondary'} onPress={create}>
      <Plus size={18} aria-hidden='true' />
      New show
    </AsyncButton>
  )
}

/** Loads the user's shows whose playlist can be edited: live shows first, then scheduled ones. */
function useOwnShows() {
  const user = useUser()
  const [shows, setShows] = useState<Show[] | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [attempt, setAttempt] = useState(0)
  const creatorId = user?.id ?? ''
  useEffect(() => {
    let isCurrent = true
    setError(null)
    const requests = (['live', 'scheduled'] as const).map(
      async status => (await ambient.shows.list({ creatorId, status, limit: maxShows })).items
    )
    Promise.all(requests).then(
      lists => {
        if (isCurrent) setShows(lists.flat())
      },
      (error: unknown) => {
        if (isCurrent) setError(errorMessage(error))
      }
    )
    return () => {
      isCurrent = false
    }
  }, [creatorId, attempt])
  return { shows, error, retry: () => setAttempt(count => count + 1) }
}
