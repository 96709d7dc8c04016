import { useCallback } from 'react'
import { Link } from 'wouter'
import type { Show, User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { Section } from '../ui/section.tsx'
import { ShowCard } from './show-card.tsx'
import { emptyPage, usePagedList, type PagedItems, type PageRequest } from '../ui/use-paged-list.ts'
import { ReminderControls } from './reminder-controls.tsx'

const refreshMs = 60_000
const listScheduled = async (page: PageRequest) => await ambient.shows.list({ ...page, status: 'scheduled' })

/** Scheduled shows: by people the user follows, and by everyone. */
export interface UpcomingLists {
  followed: PagedItems<Show>
  all: PagedItems<Show>
}

/** Loads the scheduled shows, and refreshes them while the page is visible. */
export function useUpcomingShows(user: User | null): UpcomingLists {
  const accountId = user?.guest ? undefined : user?.id
  const listFollowed = useCallback(
    async (page: PageRequest) =>
      accountId === undefined ? emptyPage : await ambient.shows.list({ ...page, status: 'scheduled', followed: true }),
    [accountId]
  )
  return { followed: usePagedList<Show>(listFollowed, refreshMs), all: usePagedList(listScheduled, refreshMs) }
}

/** Scheduled shows: first by people the user follows, then by everyone else. */
export function UpcomingShows({ user, lists: { followed, all } }: { user: User | null; lists: UpcomingLists }) {
  const accountId = user?.guest ? undefined : user?.id
  const followedIds = new Set(followed.items?.map(({ id }) => id))
  // Own shows have a section of their own, and shows without a start time are left out.
  const others =
    all.items?.filter(
      ({ id, startsAt, creator }) => startsAt !== null && creator.id !== accountId && !followedIds.has(id)
    ) ?? null

  return (
    <>
      {followed.items && followed.items.length > 0 && (
        <Section title='From people you follow'>
          <PagedList pages={followed} layout='cards' empty={null}>
            {show => (
              <ShowCard show={show} source='follow'>
                <ReminderControls show={show} />
              </ShowCard>
            )}
          </PagedList>
        </Section>
      )}
      <Section title='Coming up' aside={<Link href={accountId ? '/plan' : '/sign-in?to=/plan'}>Schedule a show</Link>}>
        <PagedList
          pages={{ ...all, items: others }}
          layout='cards'
          empty={
            <p>
              {followedIds.size > 0 ? 'Nothing else' : 'Nothing'} is scheduled yet. Schedule a show, and people can set
              a reminder for it.
            </p>
          }
        >
          {show => (
            <ShowCard show={show}>
              <ReminderControls show={show} />
            </ShowCard>
          )}
        </PagedList>
      </Section>
    </>
  )
}
