import { useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import { ambient } from '../ambient.ts'
import { PersonRow } from '../people/person-row.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import styles from './follow-list.module.css'

const texts = {
  followers: { title: 'Followers', empty: 'No followers yet.' },
  following: { title: 'Following', empty: 'Not following anyone yet.' }
} as const

/** The followers of a person, or the people they follow. */
export function FollowListPage({ userId, list }: { userId: string; list: keyof typeof texts }) {
  const [name, setName] = useState('')
  const pages = usePagedList(
    useCallback(async (page: PageRequest) => await ambient.people[list](userId, page), [userId, list])
  )
  useEffect(() => {
    let isCurrent = true
    ambient.people.get(userId).then(
      ({ displayName }) => {
        if (isCurrent) setName(displayName)
      },
      () => {}
    )
    return () => {
      isCurrent = false
    }
  }, [userId])

  const { title, empty } = texts[list]
  return (
    <div className={styles.page}>
      <title>{name ? `${title} · ${name} · Ambient` : `${title} · Ambient`}</title>
      <div>
        <Link href={`/users/${userId}`} className={styles.backLink ?? ''}>
          {name || 'Back'}
        </Link>
        <h1>{title}</h1>
      </div>
      <PagedList pages={pages} empty={<p>{empty}</p>}>
        {person => <PersonRow person={person} />}
      </PagedList>
    </div>
  )
}
