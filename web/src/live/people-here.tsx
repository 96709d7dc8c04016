import { useEffect, useState } from 'react'
import { ambient, useUser } from '../ambient.ts'
import { formatCount } from '../format/count.ts'
import { useLiveUpdate } from './use-live-update.ts'
import styles from './people-here.module.css'

const refreshMs = 10_000

/**
 * The number of people connected to the server. Keeps its place while the number is not known, or is old. No live
 * region: a screen reader reads it on the way, and is not interrupted by each change.
 */
export function PeopleHere() {
  return useUser() ? <ConnectedCount /> : <PublicCount />
}

function ConnectedCount() {
  return <Count count={useLiveUpdate()?.usersConnected ?? null} />
}

/** Asks the server again and again while the page is visible, since a visitor has no connection. */
function PublicCount() {
  const [count, setCount] = useState<number | null>(null)
  useEffect(() => {
    let isCurrent = true
    const refresh = async () => {
      if (document.hidden) return
      const live = await ambient.live.fetch().catch(() => null)
      if (isCurrent) setCount(live && live.asOf === undefined ? live.usersConnected : null)
    }
    refresh()
    const timer = setInterval(refresh, refreshMs)
    document.addEventListener('visibilitychange', refresh)
    return () => {
      isCurrent = false
      clearInterval(timer)
      document.removeEventListener('visibilitychange', refresh)
    }
  }, [])
  return <Count count={count} />
}

function Count({ count }: { count: number | null }) {
  return (
    <p className={styles.count}>
      {count !== null && count > 0 && (
        <>
          <strong>{formatCount(count)}</strong> {count === 1 ? 'person' : 'people'} here
        </>
      )}
    </p>
  )
}
