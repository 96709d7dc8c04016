import { useCallback } from 'react'
import { ambient } from '../ambient.ts'
import { Listing } from '../parts/listing.tsx'
import { ShowCard } from '../parts/show-card.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { RemindMe } from './remind-me.tsx'

/** What was found by somebody's words. */
export function Found({ words }: { words: string }) {
  const pages = usePages(
    useCallback(async (page: PageAsked) => await ambient.shows.list({ ...page, q: words }), [words])
  )
  return (
    <Listing
      pages={pages}
      layout='cards'
      empty={<p>No show has these words. Try fewer of them, or another spelling.</p>}
    >
      {show => (
        <ShowCard show={show}>{show.status === 'scheduled' && show.startsAt && <RemindMe show={show} />}</ShowCard>
      )}
    </Listing>
  )
}
