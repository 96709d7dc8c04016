import { lazy, useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { PublicUser, Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { PastComments } from '../comments/past-comments.tsx'
import { ReminderControls } from '../discover/reminder-controls.tsx'
import { ShowCard } from '../discover/show-card.tsx'
import { formatCount } from '../format/count.ts'
import { useFocusedMain } from '../layout/use-focused-main.ts'
import { FollowButton } from '../people/follow-button.tsx'
import { SupportLinks } from '../people/support-links.tsx'
import { OwnVoice } from '../replay/own-voice.tsx'
import { ReplaySection } from '../replay/replay-section.tsx'
import { LazyBoundary } from '../ui/lazy-boundary.tsx'
import { ShowPicture } from '../ui/show-picture.tsx'
import { Section } from '../ui/section.tsx'
import styles from './ended-show.module.css'

// Only creators load the figures of their show.
const OwnSummary = lazy(async () => ({ default: (await import('./own-summary.tsx')).OwnSummary }))

interface EndedShowProps {
  show: Show
  /** Whether the page has shown something else before, with the element that had the focus. */
  takesFocus: boolean
  /** Called when the creator has changed the show. */
  onChange: (show: Show) => void
}

/** The page of an ended show: statistics, its creator, the creator's next show, and the comments. */
export function EndedShow({ show, takesFocus, onChange }: EndedShowProps) {
  useFocusedMain(takesFocus)
  const user = useUser()
  const isCreator = user?.id === show.creator.id
  const { id, title, creator, startedAt, endedAt, peakListeners, totalListeners } = show
  const { person, nextShow, update } = useCreator(creator.id, id)
  // The content below the replay appears after it, so that nothing moves.
  const [isReplaySettled, setReplaySettled] = useState(false)
  const onReplaySettled = useCallback(() => setReplaySettled(true), [])
  const minutes =
    startedAt && endedAt ? Math.max(1, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 60_000)) : null
  return (
    <>
      <title>{`${title} · Ambient`}</title>
      <section className={styles.summary}>
        <ShowPicture show={show} size='page' />
        <h1>Thanks for being here</h1>
        <p>
          {title} by <Link href={`/users/${creator.id}`}>{creator.displayName}</Link> has ended.
        </p>
        <dl className={styles.stats}>
          <div>
            <dt>{totalListeners === 1 ? 'listener' : 'listeners'}</dt>
            <dd>{formatCount(totalListeners)}</dd>
          </div>
          <div>
            <dt>at the peak</dt>
            <dd>{formatCount(peakListeners)}</dd>
          </div>
          {minutes !== null && (
            <div>
              <dt>{minutes === 1 ? 'minute' : 'minutes'}</dt>
              <dd>{minutes}</dd>
            </div>
          )}
        </dl>
        {person && !isCreator && <FollowButton person={person} returnPath={`/shows/${id}`} onChange={update} />}
        {person && <SupportLinks links={person.links} name={person.displayName} />}
        {isCreator && (
          <LazyBoundary>
            <OwnSummary show={show} onChange={onChange} />
          </LazyBoundary>
        )}
        <Link href='/' className={styles.homeLink ?? ''}>
          See what’s live
        </Link>
      </section>
      <ReplaySection show={show} onSettled={onReplaySettled} />
      {isReplaySettled && <OwnVoice showId={id} />}
      {nextShow && isReplaySettled && (
        <Section title={nextShow.status === 'scheduled' ? 'Next show' : 'On air now'}>
          <ul className={styles.nextShow}>
            <ShowCard show={nextShow}>
              {nextShow.status === 'scheduled' && !isCreator && <ReminderControls show={nextShow} />}
            </ShowCard>
          </ul>
        </Section>
      )}
      {isReplaySettled && (
        <div className={styles.comments}>
          <Section title='Comments'>
            <PastComments show={show} />
          </Section>
        </div>
      )}
    </>
  )
}

/** Loads the creator's profile and their live or next show. Whatever cannot be loaded is left out. */
function useCreator(creatorId: string, showId: string) {
  const [person, setPerson] = useState<PublicUser | null>(null)
  const [nextShow, setNextShow] = useState<Show | null>(null)

  useEffect(() => {
    let isCurrent = true
    ambient.people.get(creatorId).then(
      loaded => {
        if (isCurrent) setPerson(loaded)
      },
      () => {}
    )
    loadNextShow(creatorId, showId).then(
      found => {
        if (isCurrent) setNextShow(found)
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [creatorId, showId])

  return { person, nextShow, update: setPerson }
}

async function loadNextShow(creatorId: string, showId: string): Promise<Show | null> {
  for (const status of ['live', 'scheduled'] as const) {
    const { items } = await ambient.shows.list({ creatorId, status, limit: 10 })
    const found = items.find(({ id, startsAt }) => id !== showId && (status === 'live' || startsAt !== null))
    if (found) return found
  }
  return null
}
