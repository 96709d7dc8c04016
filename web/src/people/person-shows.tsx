import { useCallback } from 'react'
import { Link } from 'wouter'
import type { PublicUser } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { RemindMe } from '../discover/remind-me.tsx'
import { OwnPlans } from '../discover/own-plans.tsx'
import { Listing } from '../parts/listing.tsx'
import { Section } from '../parts/section.tsx'
import { ShowCard } from '../parts/show-card.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'

const refreshMs = 15_000

/** Somebody's shows: on air, to come, and gone by. What is empty takes no room, but for the first of all. */
export function PersonShows({ person: { id, displayName }, isMe }: { person: PublicUser; isMe: boolean }) {
  const live = usePages(
    useCallback(async (page: PageAsked) => await ambient.shows.list({ ...page, creatorId: id, status: 'live' }), [id]),
    refreshMs
  )
  const upcoming = usePages(
    useCallback(
      async (page: PageAsked) => await ambient.shows.list({ ...page, creatorId: id, status: 'scheduled' }),
      [id]
    )
  )
  const past = usePages(
    useCallback(async (page: PageAsked) => await ambient.shows.list({ ...page, creatorId: id, status: 'ended' }), [id])
  )
  const planned = upcoming.items?.filter(({ startsAt }) => startsAt !== null) ?? null
  const nothing = live.items?.length === 0 && planned?.length === 0 && past.items?.length === 0

  if (nothing && !isMe) {
    return (
      <Section title='Shows'>
        <p>{displayName} has hosted no show yet.</p>
      </Section>
    )
  }
  return (
    <>
      {live.items && live.items.length > 0 && (
        <Section title='On air now'>
          <Listing pages={live} layout='cards' empty={null}>
            {show => <ShowCard show={show} />}
          </Listing>
        </Section>
      )}
      {isMe && <OwnPlans userId={id} />}
      {!isMe && planned && planned.length > 0 && (
        <Section title='Coming up'>
          <Listing pages={{ ...upcoming, items: planned }} layout='cards' empty={null}>
            {show => (
              <ShowCard show={show}>
                <RemindMe show={show} />
              </ShowCard>
            )}
          </Listing>
        </Section>
      )}
      <Section title='Past shows' aside={isMe && <Link href='/plan'>Plan a show</Link>}>
        <Listing
          pages={past}
          layout='cards'
          empty={<p>{isMe ? 'Your shows are kept here when they are over.' : 'None yet.'}</p>}
        >
          {show => <ShowCard show={show} />}
        </Listing>
      </Section>
    </>
  )
}
