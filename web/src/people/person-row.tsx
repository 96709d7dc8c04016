import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Person } from '../../../client/index.ts'
import { Portrait } from '../parts/portrait.tsx'
import styles from './person-row.module.css'

/** One of many people, and what can be done about them here. */
export function PersonRow({
  person: { id, displayName, avatarUrl },
  children
}: {
  person: Person
  children?: ReactNode
}) {
  return (
    <li className={styles.row}>
      <Link href={`/users/${id}`} className={styles.who ?? ''}>
        <Portrait id={id} name={displayName} avatarUrl={avatarUrl} size='small' />
        <span className={styles.name}>{displayName}</span>
      </Link>
      {children}
    </li>
  )
}
