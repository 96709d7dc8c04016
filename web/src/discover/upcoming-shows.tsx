import { useCallback } from 'react'
import { Link } from 'wouter'
import type { Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { Section } from '../ui/section.tsx'
import { ShowCard } from './show-card.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { ReminderControls } from './reminder-controls.tsx'

const refreshMs = 60_000
const listScheduled = async (page: PageRequest) => await ambient.shows.list({ ...page, status: 'scheduled' })
const emptyPage = { items: [], nextCursor: null }

/** Scheduled shows: first by people the user follows, then by everyone else. */
export function UpcomingShows() {
  const user = useUser()
  const accountId = user?.guest ? undefined : user?.id
  // Loads again when another user signs in, who follows other people.
  const listFollowed = useCallback(
    async (page: PageRequest) =>
      accountId === undefined ? emptyPage : await ambient.shows.list({ ...page, status: 'scheduled', followed: true }),
    [accountId]
  )
  const followed = usePagedList<Show>(listFollowed, refreshMs)
  const all = usePagedList(listScheduled, refreshMs)
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
              <ShowCard show={show}>
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
