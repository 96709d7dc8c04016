import { useCallback } from 'react'
import { ambient } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { ShowCard } from './show-card.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { ReminderControls } from './reminder-controls.tsx'

/** The shows that match a search. */
export function SearchResults({ query }: { query: string }) {
  const pages = usePagedList(
    useCallback(async (page: PageRequest) => await ambient.shows.list({ ...page, q: query }), [query])
  )
  return (
    <PagedList pages={pages} layout='cards' empty={<p>No shows found. Try fewer words or a different spelling.</p>}>
      {show => (
        <ShowCard show={show}>
          {show.status === 'scheduled' && show.startsAt && <ReminderControls show={show} />}
        </ShowCard>
      )}
    </PagedList>
  )
}
