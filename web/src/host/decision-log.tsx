import { useCallback } from 'react'
import type { ShowDecision } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { PagedList } from '../ui/paged-list.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { formatDateTime } from '../format/date-time.ts'
import styles from './member-list.module.css'

const refreshMs = 5000
const descriptions: Readonly<Record<ShowDecision['type'], (name: string) => string>> = {
  accepted: name => `accepted ${name}’s request to speak`,
  rejected: name => `declined ${name}’s request to speak`,
  invited: name => `invited ${name} to speak`,
  revoked: name => `moved ${name} to the audience`,
  muted: name => `muted ${name}`,
  cohostNamed: name => `made ${name} a co-host`,
  cohostDismissed: name => `removed ${name} as co-host`,
  handedOver: name => `gave the show to ${name}`,
  removed: name => `removed ${name}`,
  banned: name => `banned ${name}`,
  unbanned: name => `unbanned ${name}`,
  commentsMuted: name => `muted ${name}’s comments`,
  commentsUnmuted: name => `unmuted ${name}’s comments`
}

/** The log of the hosts' decisions in this show, newest first. */
export function DecisionLog({ showId }: { showId: string }) {
  const load = useCallback(async (page: PageRequest) => await ambient.moderation.decisions(showId, page), [showId])
  const pages = usePagedList(load, refreshMs)
  return (
    <PagedList pages={pages} empty='Nothing yet. Answered requests, mutes and removals will appear here.'>
      {({ by, user, type, at }) => (
        <li className={styles.row}>
          <div className={styles.text}>
            <span>
              <strong>{by?.displayName ?? 'The server'}</strong> {descriptions[type](user.displayName)}
            </span>
            <span className={styles.detail}>{formatDateTime(at)}</span>
          </div>
        </li>
      )}
    </PagedList>
  )
}
