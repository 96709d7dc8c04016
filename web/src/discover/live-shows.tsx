import type { Show } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { ShowCard } from './show-card.tsx'
import { usePagedList, type PagedItems, type PageRequest } from '../ui/use-paged-list.ts'

const refreshMs = 5000
const listLive = async (page: PageRequest) => await ambient.shows.list({ ...page, status: 'live' })

/** Loads the shows that are live now, and refreshes them while the page is visible. */
export const useLiveShows = (): PagedItems<Show> => usePagedList(listLive, refreshMs)

/** The shows that are live now. */
export function LiveShows({ pages }: { pages: PagedItems<Show> }) {
  return (
    <PagedList
      pages={pages}
      layout='cards'
      empty={
        <>
          <p>It’s quiet. No one is live right now.</p>
          <p>
            Press <strong>Go live</strong> and be the voice in the room.
          </p>
        </>
      }
    >
      {show => <ShowCard show={show} />}
    </PagedList>
  )
}
