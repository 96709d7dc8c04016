import { useCallback } from 'react'
import { Link } from 'wouter'
import { ambient } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { Section } from '../ui/section.tsx'
import { ShowCard } from './show-card.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import styles from './own-upcoming-shows.module.css'

/** The user's own upcoming shows, with a link to edit each; renders nothing when there are none. */
export function OwnUpcomingShows({ userId }: { userId: string }) {
  const pages = usePagedList(
    useCallback(
      async (page: PageRequest) => await ambient.shows.list({ ...page, creatorId: userId, status: 'scheduled' }),
      [userId]
    )
  )
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
