import { useDeferredValue, useState } from 'react'
import { seatsTaken } from '../../../contract/room.ts'
import type { QueueEntry, RoomView, ShowRoom } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { formatCounted } from '../format/count.ts'
import { isStageFull } from '../show/member-actions.ts'
import { useServerTime } from '../show/use-server-time.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { RequestItem } from './request-item.tsx'
import { matchingRequests } from './matching-requests.ts'
import styles from './request-queue.module.css'

/** Number of requests shown at first, and added by each "Show more". */
const pageSize = 40
/** Number of requests from which on they can be searched. */
const searchFrom = 6
/** The interval in which waits, which are told in minutes, are computed again. */
const updateMs = 10_000

/** The requests to speak in order, each with buttons to accept and decline it. */
export function RequestQueue({ view, show }: { view: RoomView; show: ShowRoom }) {
  const queue = view.room?.queue ?? []
  const isOpen = view.room?.settings.speakRequests !== 'closed'
  const fullStage = view.room ? fullStageText(view.room) : null
  const toggle = async () =>
    await ambient.shows.patch(show.showId, { settings: { speakRequests: isOpen ? 'closed' : 'open' } })
  return (
    <section id='queue' className={styles.queue} aria-label='Requests to speak' tabIndex={-1}>
      <div className={styles.header}>
        <h2>Requests to speak{queue.length > 0 && ` · ${queue.length}`}</h2>
        <div className={styles.tools}>
          {queue.length > 1 && <DeclineAll queue={queue} show={show} />}
          {view.me.userId === view.room?.creatorId && (
            <AsyncButton variant='quiet' onPress={toggle}>
              {isOpen ? 'Close requests' : 'Open requests'}
            </AsyncButton>
          )}
        </div>
      </div>
      {fullStage && <p className={styles.full}>{fullStage}</p>}
      {queue.length === 0 ? (
        <p className={styles.empty}>
          {isOpen ? 'No requests yet.' : 'Requests are closed. People already in line keep their place.'}
        </p>
      ) : (
        <RequestList queue={queue} view={view} show={show} isStageFull={fullStage !== null} />
      )}
    </section>
  )
}

/** Says that nobody else fits on stage; null while there is a seat. */
function fullStageText(room: NonNullable<RoomView['room']>): string | null {
  if (!isStageFull(room)) return null
  return `The stage is full: ${seatsTaken(room)} of ${room.settings.maxSpeakers} seats are taken.`
}

interface RequestListProps {
  queue: readonly QueueEntry[]
  view: RoomView
  show: ShowRoom
  isStageFull: boolean
}

/** The first requests that match the search. Hundreds may wait, and each render of all of them would be felt. */
function RequestList({ queue, view, show, isStageFull }: RequestListProps) {
  const [search, setSearch] = useState('')
  const [shownCount, setShownCount] = useState(pageSize)
  const serverTimeMs = useServerTime(view.clockOffsetMs, updateMs)
  // Many requests that are answered at once are drawn once.
  const waiting = useDeferredValue(queue)
  const hasSearch = waiting.length >= searchFrom || search !== ''
  const matching = matchingRequests(waiting, search)
  return (
    <>
      {hasSearch && (
        <div className={styles.search}>
          <SearchField label='Find a request' query={search} onSearch={setSearch} />
        </div>
      )}
      <p className='visually-hidden' role='status'>
        {search && `${formatCounted(matching.length, 'request', 'requests')} found`}
      </p>
      {matching.length === 0 && <p className={styles.empty}>No request matches.</p>}
      <ol className={styles.list}>
        {matching.slice(0, shownCount).map(entry => (
          <RequestItem
            key={entry.requestId}
            entry={entry}
            waitingMs={serverTimeMs - entry.requestedAt}
            show={show}
            isStageFull={isStageFull}
          />
        ))}
      </ol>
      {matching.length > shownCount && (
        <AsyncButton variant='quiet' onPress={() => setShownCount(shownCount + pageSize)}>
          Show {Math.min(pageSize, matching.length - shownCount)} more
        </AsyncButton>
      )}
    </>
  )
}

/** Declines everybody who waits, after a question. People who ask meanwhile keep their place. */
function DeclineAll({ queue, show }: { queue: readonly QueueEntry[]; show: ShowRoom }) {
  const [asked, setAsked] = useState<{ count: number; upTo: string | undefined } | null>(null)
  return (
    <>
      <AsyncButton variant='quiet' onPress={() => setAsked({ count: queue.length, upTo: queue.at(-1)?.requestId })}>
        Decline all
      </AsyncButton>
      <ConfirmDialog
        title={`Decline ${asked?.count ?? 0} requests?`}
        confirmLabel='Decline all'
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={async () => await show.rejectRequests(asked?.upTo)}
      >
        Everybody in line is told “Not this time”. They can ask again.
      </ConfirmDialog>
    </>
  )
}
