import { useCallback } from 'react'
import { ambient } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { ShowCard } from './show-card.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { ReminderControls } from './reminder-controls.tsx'

/** The shows that match a search, or have a tag. */
export function SearchResults({ query, tag }: { query?: string; tag?: string }) {
  const pages = usePagedList(
    useCallback(
      async (page: PageRequest) =>
        await ambient.shows.list({ ...page, ...(tag !== undefined ? { tag } : query !== undefined && { q: query }) }),
      [query, tag]
    )
  )
  const empty =
    tag === undefined ? 'No shows found. Try fewer words or a different spelling.' : 'No shows with this tag.'
  return (
    <PagedList pages={pages} layout='cards' empty={<p>{empty}</p>}>
      {show => (
        <ShowCard show={show}>
          {show.status === 'scheduled' && show.startsAt && <ReminderControls show={show} />}
        </ShowCard>
      )}
    </PagedList>
  )
}
