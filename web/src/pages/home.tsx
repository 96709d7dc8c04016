import { useCallback } from 'react'
import { useSearchParams } from 'wouter'
import { useUser } from '../ambient.ts'
import { GoLiveButton } from '../discover/go-live-button.tsx'
import { SearchResults } from '../discover/search-results.tsx'
import { ShowLists } from '../discover/show-lists.tsx'
import { Welcome } from '../discover/welcome.tsx'
import { PeopleHere } from '../live/people-here.tsx'
import { SearchField } from '../ui/search-field.tsx'
import styles from './home.module.css'

/** Shows to listen to now and later, and the button to host one. */
export function HomePage() {
  const user = useUser()
  const [parameters, setParameters] = useSearchParams()
  const query = parameters.get('q') ?? ''
  const tag = query ? null : parameters.get('tag')
  const heading = query ? `Results for “${query}”` : tag ? `Tagged “${tag}”` : 'Live now'
  const search = useCallback((q: string) => setParameters(q ? { q } : {}, { replace: true }), [setParameters])

  return (
    <>
      <title>{query || tag ? `${query || tag} · Ambient` : 'Ambient'}</title>
      {!user && !query && !tag && <Welcome />}
      <SearchField query={query} onSearch={search} />
      <div className={styles.header}>
        <div className={styles.heading}>
          <h1>{heading}</h1>
          {!query && !tag && <PeopleHere />}
        </div>
        <GoLiveButton />
      </div>
      {query ? (
        <SearchResults query={query} />
      ) : tag ? (
        <SearchResults key={tag} tag={tag} />
      ) : (
        // Loads again when another user signs in, who follows other people.
        <ShowLists key={user?.id} user={user} />
      )}
    </>
  )
}
