import { useCallback } from 'react'
import type { Page, Person } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Listing } from '../parts/listing.tsx'
import { Portrait } from '../parts/portrait.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { whenText } from '../parts/when.ts'
import styles from './people.module.css'

interface BannedPerson extends Person {
  words: string
}

/** Who may not come back to this show, and letting them. */
export function Banned({ showId }: { showId: string }) {
  const load = useCallback(
    async (page: PageAsked): Promise<Page<BannedPerson>> => {
      const { items, nextCursor } = await ambient.moderation.bans(showId, page)
      return {
        items: items.map(({ user, by, at }) => ({
          ...user,
          words: `${by ? `by ${by.displayName}, ` : ''}${whenText(at)}`
        })),
        nextCursor
      }
    },
    [showId]
  )
  const pages = usePages(load)

  async function unban(userId: string) {
    await ambient.moderation.unban(showId, userId)
    await pages.refresh()
  }

  return (
    <Listing pages={pages} empty='Nobody is banned from this show.'>
      {({ id, displayName, avatarUrl, words }) => (
        <li className={styles.person}>
          <Portrait id={id} name={displayName} avatarUrl={avatarUrl} size='small' />
          <div className={styles.text}>
            <strong>{displayName}</strong>
            <span className={styles.role}>{words}</span>
          </div>
          <Action label={`Let ${displayName} come back`} onPress={async () => await unban(id)}>
            Unban
          </Action>
        </li>
      )}
    </Listing>
  )
}
