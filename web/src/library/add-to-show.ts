import { CodedError, type Playlist } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

/** As the server measures: contract/playlist.ts. */
const mostItems = 500
const mostTries = 5

/** Puts a song at the end of a show's playlist, whoever else changes it meanwhile. Throws CodedError, and words for a full list. */
export async function addToShow(showId: string, songId: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { version, items } = await ambient.playlists.get(showId)
    if (items.length >= mostItems) throw new Error(`Its playlist is full: it holds ${mostItems}.`)
    try {
      await ambient.playlists.put(showId, { version, items: [...entriesOf(items), { kind: 'song', songId }] })
      return
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'CONFLICT' || tries === mostTries) throw error
    }
  }
}

function entriesOf(items: Playlist['items']) {
  return items.map(({ id, kind, songId = '', trackId = '' }) =>
    kind === 'song' ? { id, kind, songId } : { id, kind, trackId }
  )
}
