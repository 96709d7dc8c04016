import { useCallback, useState, type FormEvent } from 'react'
import type { SpotifyTrack } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { AsyncButton } from '../ui/async-button.tsx'
import { TextField } from '../ui/text-field.tsx'
import type { PageRequest } from '../ui/use-paged-list.ts'
import { withListIds } from './spotify-tracks.ts'
import { TrackList } from './track-list.tsx'
import { useSpotifyList } from './use-spotify-list.ts'
import styles from './add-music-panel.module.css'

/** Maximum length of a search, as in contract/spotify.ts. */
const maxQueryLength = 100

interface SpotifySearchProps {
  returnPath: string | null
  onAdd: (tracks: SpotifyTrack[]) => void
}

/**
 * Searches Spotify for tracks. It searches on submit and not while typing, since Spotify limits the number of requests.
 */
export function SpotifySearch({ returnPath, onAdd }: SpotifySearchProps) {
  const [typed, setTyped] = useState('')
  const [query, setQuery] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setQuery(typed.trim().slice(0, maxQueryLength))
  }
  return (
    <>
      <form className={styles.search} role='search' onSubmit={submit}>
        <TextField label='Title, artist or album' type='search' value={typed} onChange={setTyped} autoFocus />
        <AsyncButton variant='primary' type='submit'>
          Search
        </AsyncButton>
      </form>
      {query && <SpotifySearchResults key={query} q={query} returnPath={returnPath} onAdd={onAdd} />}
    </>
  )
}

function SpotifySearchResults({ q, returnPath, onAdd }: SpotifySearchProps & { q: string }) {
  const load = useCallback(
    async (page: PageRequest) => withListIds(await ambient.spotify.search({ q, ...page }), page),
    [q]
  )
  const { pages, error } = useSpotifyList(load)
  return (
    <TrackList pages={pages} error={error} empty='No results. Try fewer words.' returnPath={returnPath} onAdd={onAdd} />
  )
}
