import { Link } from 'wouter'
import { ambient, useUser } from '../ambient.ts'
import { Listing } from '../parts/listing.tsx'
import { Section } from '../parts/section.tsx'
import { ShowCard } from '../parts/show-card.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { useFollowing } from './following.ts'
import { RemindMe } from './remind-me.tsx'

const refreshMs = 60_000
const listScheduled = async (page: PageAsked) => await ambient.shows.list({ ...page, status: 'scheduled' })

/** What is planned: first by people one follows, then by everybody else. */
export function Upcoming () {
  const pages = usePages(listScheduled, refreshMs)
  const user = useUser()
  const following = useFollowing(user)
  // One's own plans stand by themselves, and what has no time is nothing to wait for.
  const planned = pages.items?.filter(({ startsAt, creator }) => startsAt !== null && creator.id !== user?.id) ?? null
  const followed = planned?.filter(({ creator }) => following.has(creator.id)) ?? []
  const others = planned?.filter(({ creator }) => !following.has(creator.id)) ?? null

  return (
    <>
      {followed.length > 0 && (
        <Section title='From people you follow'>
          <Listing pages={{ ...pages, items: followed, hasMore: false }} layout='cards' empty={null}>
            {show => <ShowCard show={show}><RemindMe show={show} /></ShowCard>}
          </Listing>
        </Section>
      )}
      <Section title='Coming up' aside={<Link href={user && !user.guest ? '/plan' : '/sign-in?to=/plan'}>Plan a show</Link>}>
        <Listing pages={{ ...pages, items: others }} layout='cards' empty={<p>Nothing is planned yet. Plan a show and people can have themselves reminded of it.</p>}>
          {show => <ShowCard show={show}><RemindMe show={show} /></ShowCard>}
        </Listing>
      </Section>
    </>
  )
}
