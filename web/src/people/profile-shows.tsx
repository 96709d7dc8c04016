import { useCallback } from 'react'
import { Link } from 'wouter'
import type { PublicUser } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { ReminderControls } from '../discover/reminder-controls.tsx'
import { OwnUpcomingShows } from '../discover/own-upcoming-shows.tsx'
import { ProfileReplays, useReplays } from './profile-replays.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { Section } from '../ui/section.tsx'
import { ShowCard } from '../discover/show-card.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { hasSettled, usePagedList, type PageRequest } from '../ui/use-paged-list.ts'

const refreshMs = 15_000

/** A person's live, upcoming and past shows. Empty sections are left out, except when there are no shows at all. */
export function ProfileShows({ person: { id, displayName, followed }, isMe }: { person: PublicUser; isMe: boolean }) {
  const source = followed ? 'follow' : 'discover'
  const live = usePagedList(
    useCallback(
      async (page: PageRequest) => await ambient.shows.list({ ...page, creatorId: id, status: 'live' }),
      [id]
    ),
    refreshMs
  )
  const upcoming = usePagedList(
    useCallback(
      async (page: PageRequest) => await ambient.shows.list({ ...page, creatorId: id, status: 'scheduled' }),
      [id]
    )
  )
  const past = usePagedList(
    useCallback(
      async (page: PageRequest) => await ambient.shows.list({ ...page, creatorId: id, status: 'ended' }),
      [id]
    )
  )
  const replays = useReplays(id)
  // A list has its size before the ones below appear, so that nothing moves under a finger.
  if (![live, upcoming, past].every(hasSettled) || !replays) return <Skeleton layout='cards' />

  const scheduled = upcoming.items?.filter(({ startsAt }) => startsAt !== null) ?? null
  const isEmpty = live.items?.length === 0 && scheduled?.length === 0 && past.items?.length === 0

  if (isEmpty && !isMe) {
    return (
      <Section title='Shows'>
        <p>{displayName} hasn’t hosted a show yet.</p>
      </Section>
    )
  }
  return (
    <>
      {live.items && live.items.length > 0 && (
        <Section title='On air now'>
          <PagedList pages={live} layout='cards' empty={null}>
            {show => <ShowCard show={show} source={source} />}
          </PagedList>
        </Section>
      )}
      {isMe && <OwnUpcomingShows pages={upcoming} />}
      {!isMe && scheduled && scheduled.length > 0 && (
        <Section title='Coming up' aside={<a href={`/v1/users/${id}/shows.ics`}>Add to calendar (.ics)</a>}>
          <PagedList pages={{ ...upcoming, items: scheduled }} layout='cards' empty={null}>
            {show => (
              <ShowCard show={show} source={source}>
                <ReminderControls show={show} />
              </ShowCard>
            )}
          </PagedList>
        </Section>
      )}
      <ProfileReplays userId={id} name={displayName} episodes={replays} />
      <Section title='Past shows' aside={isMe && <Link href='/plan'>Schedule a show</Link>}>
        <PagedList
          pages={past}
          layout='cards'
          empty={<p>{isMe ? 'Your past shows will appear here.' : 'No past shows yet.'}</p>}
        >
          {show => <ShowCard show={show} />}
        </PagedList>
      </Section>
    </>
  )
}
