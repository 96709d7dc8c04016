import { useCallback } from 'react'
import { useSearchParams } from 'wouter'
import { useUser } from '../ambient.ts'
import { GoLiveButton } from '../discover/go-live-button.tsx'
import { LiveShows } from '../discover/live-shows.tsx'
import { OwnUpcomingShows } from '../discover/own-upcoming-shows.tsx'
import { SearchResults } from '../discover/search-results.tsx'
import { UpcomingShows } from '../discover/upcoming-shows.tsx'
import { SearchField } from '../ui/search-field.tsx'
import styles from './home.module.css'

/** Shows to listen to now and later, and the button to host one. */
export function HomePage() {
  const user = useUser()
  const [parameters, setParameters] = useSearchParams()
  const query = parameters.get('q') ?? ''
  const search = useCallback((q: string) => setParameters(q ? { q } : {}, { replace: true }), [setParameters])

  return (
    <>
      <title>{query ? `${query} · Ambient` : 'Ambient'}</title>
      <SearchField query={query} onSearch={search} />
      <div className={styles.header}>
        <h1 className={styles.heading}>{query ? `Results for “${query}”` : 'Live now'}</h1>
        <GoLiveButton />
      </div>
      {query ? (
        <SearchResults query={query} />
      ) : (
        <>
          <LiveShows />
          {user && !user.guest && <OwnUpcomingShows key={user.id} userId={user.id} />}
          <UpcomingShows />
        </>
      )}
    </>
  )
}
