import { CodedError, type Playlist } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

/** Maximum number of items of a playlist, as in contract/playlist.ts. */
const maxItems = 500
const maxAttempts = 5

/**
 * Adds a song to the end of a show's playlist. Retries when another editor changes the playlist at the same time.
 * @throws CodedError, and Error with a message for the user when the playlist is full
 */
export async function addToShow(showId: string, songId: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { version, items } = await ambient.playlists.get(showId)
    if (items.length >= maxItems) throw new Error(`This playlist is full. It can hold ${maxItems} items.`)
    try {
      await ambient.playlists.put(showId, { version, items: [...itemReferences(items), { kind: 'song', songId }] })
      return
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'CONFLICT' || attempt === maxAttempts) throw error
    }
  }
}

/** Returns the items as the API accepts them: ids without metadata. */
function itemReferences(items: Playlist['items']) {
  return items.map(({ id, kind, songId = '', trackId = '' }) =>
    kind === 'song' ? { id, kind, songId } : { id, kind, trackId }
  )
}
