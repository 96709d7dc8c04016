import { useCallback } from 'react'
import { useSearchParams } from 'wouter'
import { useUser } from '../ambient.ts'
import { Found } from '../discover/found.tsx'
import { GoLive } from '../discover/go-live.tsx'
import { LiveNow } from '../discover/live-now.tsx'
import { OwnPlans } from '../discover/own-plans.tsx'
import { SearchField } from '../discover/search-field.tsx'
import { Upcoming } from '../discover/upcoming.tsx'
import styles from './home.module.css'

/** Finding something to listen to, or beginning to talk. */
export function HomePage() {
  const user = useUser()
  const [parameters, setParameters] = useSearchParams()
  const words = parameters.get('q') ?? ''
  const search = useCallback((q: string) => setParameters(q ? { q } : {}, { replace: true }), [setParameters])

  return (
    <>
      <title>{words ? `${words} · Ambient` : 'Ambient'}</title>
      <SearchField words={words} onSearch={search} />
      <div className={styles.top}>
        <h1 className={styles.heading}>{words ? `Shows with “${words}”` : 'Live now'}</h1>
        <GoLive />
      </div>
      {words ? (
        <Found words={words} />
      ) : (
        <>
          <LiveNow />
          {user && !user.guest && <OwnPlans key={user.id} userId={user.id} />}
          <Upcoming />
        </>
      )}
    </>
  )
}
