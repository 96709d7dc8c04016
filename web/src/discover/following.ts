import { useEffect, useState } from 'react'
import type { User } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

/** As many as one request brings. */
const most = 100

/** Whom somebody follows, by id; nobody while it is not known. */
export function useFollowing (user: User | null): ReadonlySet<string> {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set())
  const userId = user?.guest ? null : user?.id ?? null
  useEffect(() => {
    if (userId === null) return setIds(new Set())
    let wanted = true
    ambient.people.following(userId, { limit: most }).then(
      ({ items }) => { if (wanted) setIds(new Set(items.map(({ id }) => id))) },
      // Nobody is set apart then; the shows are on the page all the same.
      () => {})
    return () => { wanted = false }
  }, [userId])
  return ids
}
