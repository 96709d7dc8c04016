import { useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import { ambient } from '../ambient.ts'
import { Listing } from '../parts/listing.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { PersonRow } from '../people/person-row.tsx'
import styles from './people.module.css'

const words = {
  followers: { title: 'Followers', empty: 'Nobody follows them yet.' },
  following: { title: 'Following', empty: 'They follow nobody yet.' }
} as const

/** Who follows somebody, or whom they follow. */
export function PeoplePage({ userId, list }: { userId: string; list: keyof typeof words }) {
  const [name, setName] = useState('')
  const pages = usePages(
    useCallback(async (page: PageAsked) => await ambient.people[list](userId, page), [userId, list])
  )
  useEffect(() => {
    let wanted = true
    ambient.people.get(userId).then(
      ({ displayName }) => {
        if (wanted) setName(displayName)
      },
      () => {}
    )
    return () => {
      wanted = false
    }
  }, [userId])

  const { title, empty } = words[list]
  return (
    <div className={styles.page}>
      <title>{name ? `${title} · ${name} · Ambient` : `${title} · Ambient`}</title>
      <div>
        <Link href={`/users/${userId}`} className={styles.back ?? ''}>
          {name || 'Back'}
        </Link>
        <h1>{title}</h1>
      </div>
      <Listing pages={pages} empty={<p>{empty}</p>}>
        {person => <PersonRow person={person} />}
      </Listing>
    </div>
  )
}
