import { useCallback } from 'react'
import { Link } from 'wouter'
import type { Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Listing } from '../parts/listing.tsx'
import { Section } from '../parts/section.tsx'
import { ShowCard } from '../parts/show-card.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { RemindMe } from './remind-me.tsx'

const refreshMs = 60_000
const listScheduled = async (page: PageAsked) => await ambient.shows.list({ ...page, status: 'scheduled' })
const nothing = { items: [], nextCursor: null }

/** What is planned: first by people one follows, then by everybody else. */
export function Upcoming() {
  const user = useUser()
  const account = user?.guest ? undefined : user?.id
  // Another person follows other people.
  const listFollowed = useCallback(
    async (page: PageAsked) =>
      account === undefined ? nothing : await ambient.shows.list({ ...page, status: 'scheduled', followed: true }),
    [account]
  )
  const followed = usePages<Show>(listFollowed, refreshMs)
  const all = usePages(listScheduled, refreshMs)
  const shownAbove = new Set(followed.items?.map(({ id }) => id))
  // One's own plans stand by themselves, and what has no time is nothing to wait for.
  const others =
    all.items?.filter(
      ({ id, startsAt, creator }) => startsAt !== null && creator.id !== account && !shownAbove.has(id)
    ) ?? null

  return (
    <>
      {followed.items && followed.items.length > 0 && (
        <Section title='From people you follow'>
          <Listing pages={followed} layout='cards' empty={null}>
            {show => (
              <ShowCard show={show}>
                <RemindMe show={show} />
              </ShowCard>
            )}
          </Listing>
        </Section>
      )}
      <Section title='Coming up' aside={<Link href={account ? '/plan' : '/sign-in?to=/plan'}>Plan a show</Link>}>
        <Listing
          pages={{ ...all, items: others }}
          layout='cards'
          empty={
            <p>
              {shownAbove.size > 0 ? 'Nothing else' : 'Nothing'} is planned yet. Plan a show and people can have
              themselves reminded of it.
            </p>
          }
        >
          {show => (
            <ShowCard show={show}>
              <RemindMe show={show} />
            </ShowCard>
          )}
        </Listing>
      </Section>
    </>
  )
}
