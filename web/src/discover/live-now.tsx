import { ambient } from '../ambient.ts'
import { Listing } from '../parts/listing.tsx'
import { ShowCard } from '../parts/show-card.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'

const refreshMs = 5000
const listLive = async (page: PageAsked) => await ambient.shows.list({ ...page, status: 'live' })

/** What is on air, kept fresh while the page is looked at. */
export function LiveNow() {
  const pages = usePages(listLive, refreshMs)
  return (
    <Listing
      pages={pages}
      layout='cards'
      empty={
        <>
          <p>It is quiet. Nobody is on air right now.</p>
          <p>
            Press <strong>Go live</strong> and be the voice in the room.
          </p>
        </>
      }
    >
      {show => <ShowCard show={show} />}
    </Listing>
  )
}
