import { useCallback } from 'react'
import type { Page, Person } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { formatDateTime } from '../format/date-time.ts'
import styles from './member-list.module.css'

interface BannedPerson extends Person {
  details: string
}

/** The people banned from this show, with a button to unban each. */
export function BanList({ showId }: { showId: string }) {
  const load = useCallback(
    async (page: PageRequest): Promise<Page<BannedPerson>> => {
      const { items, nextCursor } = await ambient.moderation.bans(showId, page)
      return {
        items: items.map(({ user, by, at }) => ({
          ...user,
          details: `${by ? `by ${by.displayName}, ` : ''}${formatDateTime(at)}`
        })),
        nextCursor
      }
    },
    [showId]
  )
  const pages = usePagedList(load)

  async function unban(userId: string) {
    await ambient.moderation.unban(showId, userId)
    await pages.refresh()
  }

  return (
    <PagedList pages={pages} empty='No one is banned from this show.'>
      {({ id, displayName, avatarUrl, details }) => (
        <li className={styles.row}>
          <Avatar id={id} name={displayName} avatarUrl={avatarUrl} size='small' />
          <div className={styles.text}>
            <strong>{displayName}</strong>
            <span className={styles.detail}>{details}</span>
          </div>
          <AsyncButton label={`Unban ${displayName}`} onPress={async () => await unban(id)}>
            Unban
          </AsyncButton>
        </li>
      )}
    </PagedList>
  )
}
