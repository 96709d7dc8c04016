import { useCallback } from 'react'
import { Link } from 'wouter'
import { ambient } from '../ambient.ts'
import { Listing } from '../parts/listing.tsx'
import { Section } from '../parts/section.tsx'
import { ShowCard } from '../parts/show-card.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import styles from './own-plans.module.css'

/** One's own shows that are yet to come, to change them; nothing where there are none. */
export function OwnPlans({ userId }: { userId: string }) {
  const pages = usePages(
    useCallback(
      async (page: PageAsked) => await ambient.shows.list({ ...page, creatorId: userId, status: 'scheduled' }),
      [userId]
    )
  )
  if (!pages.items || pages.items.length === 0) return null
  return (
    <Section title='Your plans'>
      <Listing pages={pages} layout='cards' empty={null}>
        {show => (
          <ShowCard show={show}>
            <Link href={`/shows/${show.id}/edit`} className={styles.edit ?? ''} aria-label={`Edit ${show.title}`}>
              Edit
            </Link>
          </ShowCard>
        )}
      </Listing>
    </Section>
  )
}
