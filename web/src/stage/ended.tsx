import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { PublicUser, Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { PastComments } from '../comments/past-comments.tsx'
import { Portrait } from '../parts/portrait.tsx'
import { Section } from '../parts/section.tsx'
import { ShowCard } from '../parts/show-card.tsx'
import { SupportLinks } from '../parts/support-links.tsx'
import { FollowButton } from '../people/follow-button.tsx'
import styles from './ended.module.css'

/** After a show: thanks, how it was, who made it, what is next, and what was said. */
export function Ended({ show }: { show: Show }) {
  const user = useUser()
  const { id, title, creator, startedAt, endedAt, peakListeners, totalListeners } = show
  const { person, next, update } = useCreator(creator.id, id)
  const minutes =
    startedAt && endedAt ? Math.max(1, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 60_000)) : null
  return (
    <>
      <title>{`${title} · Ambient`}</title>
      <section className={styles.thanks}>
        <div className={styles.face}>
          <Portrait id={creator.id} name={creator.displayName} avatarUrl={creator.avatarUrl} />
        </div>
        <h1>Thanks for being here</h1>
        <p>
          {title} by <Link href={`/users/${creator.id}`}>{creator.displayName}</Link> is over.
        </p>
        <dl className={styles.numbers}>
          <div>
            <dt>listened</dt>
            <dd>{totalListeners}</dd>
          </div>
          <div>
            <dt>at one time</dt>
            <dd>{peakListeners}</dd>
          </div>
          {minutes !== null && (
            <div>
              <dt>{minutes === 1 ? 'minute' : 'minutes'}</dt>
              <dd>{minutes}</dd>
            </div>
          )}
        </dl>
        {person && user?.id !== person.id && <FollowButton person={person} onChange={update} />}
        {person && <SupportLinks links={person.links} name={person.displayName} />}
        <Link href='/' className={styles.home ?? ''}>
          See what is live
        </Link>
      </section>
      {next && (
        <Section title={next.status === 'scheduled' ? 'Next show' : 'On air now'}>
          <ul className={styles.next}>
            <ShowCard show={next} />
          </ul>
        </Section>
      )}
      <div className={styles.said}>
        <Section title='What was said'>
          <PastComments show={show} />
        </Section>
      </div>
    </>
  )
}

/** The creator's page, and the show of theirs that is on or comes next. What can't be loaded is left out. */
function useCreator(creatorId: string, showId: string) {
  const [person, setPerson] = useState<PublicUser | null>(null)
  const [next, setNext] = useState<Show | null>(null)

  useEffect(() => {
    let wanted = true
    ambient.people.get(creatorId).then(
      found => {
        if (wanted) setPerson(found)
      },
      () => {}
    )
    nextShowOf(creatorId, showId).then(
      found => {
        if (wanted) setNext(found)
      },
      () => {}
    )
    return () => {
      wanted = false
    }
  }, [creatorId, showId])

  return { person, next, update: setPerson }
}

async function nextShowOf(creatorId: string, showId: string): Promise<Show | null> {
  for (const status of ['live', 'scheduled'] as const) {
    const { items } = await ambient.shows.list({ creatorId, status, limit: 10 })
    const found = items.find(({ id, startsAt }) => id !== showId && (status === 'live' || startsAt !== null))
    if (found) return found
  }
  return null
}
