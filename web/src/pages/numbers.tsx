import { useCallback, useState } from 'react'
import { Link } from 'wouter'
import type { CreatorTotals } from '../../../contract/analytics.ts'
import { ambient, useUser } from '../ambient.ts'
import { formatCount } from '../format/count.ts'
import { KeyNumbers } from '../numbers/key-numbers.tsx'
import { ShowOverview } from '../numbers/show-overview.tsx'
import { formatShortLength } from '../numbers/summaries.ts'
import { Notice } from '../ui/notice.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { Section } from '../ui/section.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'

/** The numbers of all shows of the signed-in user. */
export function NumbersPage() {
  const user = useUser()
  if (!user || user.guest) {
    return (
      <Notice title='Your numbers'>
        <p>Sign in to see the numbers of your shows.</p>
        <Link href='/sign-in?to=/numbers'>Sign in</Link>
      </Notice>
    )
  }
  return <CreatorNumbers key={user.id} />
}

function CreatorNumbers() {
  const [totals, setTotals] = useState<CreatorTotals | null>(null)
  const pages = usePagedList(
    useCallback(async (page: PageRequest) => {
      const loaded = await ambient.analytics.mine(page)
      if (loaded.totals) setTotals(loaded.totals)
      return { ...loaded, items: loaded.items.map(show => ({ ...show, id: show.showId })) }
    }, [])
  )
  const maxListeners = Math.max(1, ...(pages.items ?? []).map(({ listeners }) => listeners ?? 0))
  return (
    <>
      <title>Your numbers · Ambient</title>
      <h1>Your numbers</h1>
      {totals && totals.shows > 0 && (
        <KeyNumbers
          numbers={[
            { name: totals.shows === 1 ? 'Show' : 'Shows', value: formatCount(totals.shows) },
            { name: 'Live', value: formatShortLength(totals.durationMs), note: 'in all' },
            { name: 'Listeners', value: formatCount(totals.listeners), note: 'different people' },
            { name: 'Joins', value: formatCount(totals.joins) },
            { name: 'Comments', value: formatCount(totals.comments) },
            { name: 'Reactions', value: formatCount(totals.reactions) }
          ]}
        />
      )}
      <Section title='Your shows'>
        <PagedList
          pages={pages}
          empty={
            <>
              <p>You haven’t hosted a show yet.</p>
              <p>
                Go live from the <Link href='/'>start page</Link>, and see here what held people.
              </p>
            </>
          }
        >
          {show => <ShowOverview show={show} maxListeners={maxListeners} />}
        </PagedList>
      </Section>
    </>
  )
}
