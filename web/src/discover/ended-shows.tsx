import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { Section } from '../ui/section.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { ShowCard } from './show-card.tsx'

/** Shows that are loaded at a time: the list is at the end of the page, and most people never see it. */
const pageSize = 6
const listEnded = async ({ limit, ...page }: PageRequest) =>
  await ambient.shows.list({ ...page, limit: Math.min(limit, pageSize), status: 'ended' })

/** Public shows that ended recently, latest first; renders nothing when there are none. */
export function EndedShows() {
  const pages = usePagedList<Show>(listEnded)
  if (pages.items?.length === 0) return null
  return (
    <Section title='Recently ended'>
      <PagedList pages={pages} layout='cards' empty={null}>
        {show => <ShowCard show={show} />}
      </PagedList>
    </Section>
  )
}
