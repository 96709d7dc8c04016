import { useCallback } from 'react'
import { Link } from 'wouter'
import type { Show, User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { Section } from '../ui/section.tsx'
import { ShowCard } from './show-card.tsx'
import { emptyPage, usePagedList, type PagedItems, type PageRequest } from '../ui/use-paged-list.ts'
import styles from './own-upcoming-shows.module.css'

/** Loads the upcoming shows of the user; none for guests and before the sign-in. */
export function useOwnUpcomingShows(user: User | null): PagedItems<Show> {
  const creatorId = user?.guest ? undefined : user?.id
  return usePagedList<Show>(
    useCallback(
      async (page: PageRequest) =>
        creatorId === undefined ? emptyPage : await ambient.shows.list({ ...page, creatorId, status: 'scheduled' }),
      [creatorId]
    )
  )
}

/** The user's own upcoming shows, with a link to edit each; renders nothing when there are none. */
export function OwnUpcomingShows({ pages }: { pages: PagedItems<Show> }) {
  if (!pages.items || pages.items.length === 0) return null
  return (
    <Section title='Your upcoming shows'>
      <PagedList pages={pages} layout='cards' empty={null}>
        {show => (
          <ShowCard show={show}>
            <Link href={`/shows/${show.id}/edit`} className={styles.editLink ?? ''} aria-label={`Edit ${show.title}`}>
              Edit
            </Link>
          </ShowCard>
        )}
      </PagedList>
    </Section>
  )
}
