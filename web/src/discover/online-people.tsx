import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { OnlinePerson } from '../../../contract/live.ts'
import { ambient } from '../ambient.ts'
import { foundBy } from '../show/join-source.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Section } from '../ui/section.tsx'
import styles from './online-people.module.css'

const refreshMs = 30_000

/** Loads the followed people who are online, again and again while the page is visible; null until they are known. */
export function useOnlinePeople(accountId: string | undefined): readonly OnlinePerson[] | null {
  const [people, setPeople] = useState<readonly OnlinePerson[] | null>(null)
  useEffect(() => {
    if (accountId === undefined) return setPeople([])
    let isCurrent = true
    const refresh = async () => {
      if (document.hidden) return
      const { items } = await ambient.me.followingOnline().catch(() => ({ items: [] }))
      if (isCurrent) setPeople(items)
    }
    refresh()
    const timer = setInterval(refresh, refreshMs)
    return () => {
      isCurrent = false
      clearInterval(timer)
    }
  }, [accountId])
  return people
}

/** Followed people who are online and let followers see it, with the show that they are in. */
export function OnlinePeople({ people }: { people: readonly OnlinePerson[] | null }) {
  if (!people || people.length === 0) return null
  return (
    <Section title='Online now'>
      <ul className={styles.people}>
        {people.map(({ user: { id, displayName, avatarUrl }, show }) => (
          <li key={id} className={styles.person}>
            <span className={styles.picture}>
              <Avatar id={id} name={displayName} avatarUrl={avatarUrl} size='small' />
            </span>
            <span className={styles.text}>
              <Link href={`/users/${id}`} className={styles.name ?? ''}>
                {displayName}
              </Link>
              {show && (
                <Link href={`/shows/${show.id}`} state={foundBy('follow')} className={styles.show ?? ''}>
                  <span className='visually-hidden'>In the show </span>
                  {show.title}
                </Link>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
