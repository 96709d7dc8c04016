import { useCallback } from 'react'
import type { ShowDecision } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Listing } from '../parts/listing.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import { whenText } from '../parts/when.ts'
import styles from './people.module.css'

const refreshMs = 5000
const did: Readonly<Record<ShowDecision['type'], (whom: string) => string>> = {
  accepted: whom => `let ${whom} speak`,
  rejected: whom => `declined the request of ${whom}`,
  invited: whom => `invited ${whom} to speak`,
  revoked: whom => `took ${whom} off the stage`,
  muted: whom => `muted ${whom}`,
  cohostNamed: whom => `made ${whom} co-host`,
  cohostDismissed: whom => `took the co-host role from ${whom}`,
  removed: whom => `removed ${whom}`,
  banned: whom => `banned ${whom}`,
  unbanned: whom => `let ${whom} come back`,
  commentsMuted: whom => `muted the comments of ${whom}`,
  commentsUnmuted: whom => `allowed the comments of ${whom}`
}

/** What hosts decided in this show: who, whom, when. */
export function Decisions({ showId }: { showId: string }) {
  const load = useCallback(async (page: PageAsked) => await ambient.moderation.decisions(showId, page), [showId])
  const pages = usePages(load, refreshMs)
  return (
    <Listing pages={pages} empty='Nothing has been decided yet. Answers, mutes and removals will stand here.'>
      {({ by, user, type, at }) => (
        <li className={styles.person}>
          <div className={styles.text}>
            <span>
              <strong>{by?.displayName ?? 'The server'}</strong> {did[type](user.displayName)}
            </span>
            <span className={styles.role}>{whenText(at)}</span>
          </div>
        </li>
      )}
    </Listing>
  )
}
