import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { Person } from '../../../client/index.ts'
import { Avatar } from '../ui/avatar.tsx'
import styles from './person-row.module.css'

/** A person in a list, with optional controls. */
export function PersonRow({
  person: { id, displayName, avatarUrl },
  children
}: {
  person: Person
  children?: ReactNode
}) {
  return (
    <li className={styles.row}>
      <Link href={`/users/${id}`} className={styles.link ?? ''}>
        <Avatar id={id} name={displayName} avatarUrl={avatarUrl} size='small' />
        <span className={styles.name}>{displayName}</span>
      </Link>
      {children}
    </li>
  )
}
