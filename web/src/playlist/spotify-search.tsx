import { useCallback, useState, type FormEvent } from 'react'
import type { SpotifyTrack } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import { Action } from '../parts/action.tsx'
import { Field } from '../parts/field.tsx'
import type { PageAsked } from '../parts/use-pages.ts'
import { listed } from './spotify-items.ts'
import { TrackList } from './track-list.tsx'
import { useSpotifyPages } from './use-spotify-pages.ts'
import styles from './add-panel.module.css'

/** As the server measures: contract/spotify.ts. */
const longestQuestion = 100

interface SpotifySearchProps {
  to: string | null
  onAdd: (tracks: SpotifyTrack[]) => void
}

/** Tracks by words. Asked when it is meant, not at each letter: Spotify counts. */
export function SpotifySearch({ to, onAdd }: SpotifySearchProps) {
  const [words, setWords] = useState('')
  const [asked, setAsked] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(words.trim().slice(0, longestQuestion))
  }
  return (
    <>
      <form className={styles.search} role='search' onSubmit={submit}>
        <Field label='Title, artist or album' type='search' value={words} onChange={setWords} autoFocus />
        <Action kind='main' type='submit'>
          Search
        </Action>
      </form>
      {asked && <Found key={asked} q={asked} to={to} onAdd={onAdd} />}
    </>
  )
}

function Found({ q, to, onAdd }: SpotifySearchProps & { q: string }) {
  const load = useCallback(async (page: PageAsked) => listed(await ambient.spotify.search({ q, ...page }), page), [q])
  const { pages, fault } = useSpotifyPages(load)
  return <TrackList pages={pages} fault={fault} empty='Nothing is called so. Try fewer words.' to={to} onAdd={onAdd} />
}
