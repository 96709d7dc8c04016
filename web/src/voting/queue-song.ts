import type { PlaylistEntry } from '../../../contract/playlist.ts'
import { CodedError, type Playlist } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'

const maxAttempts = 5

/** Adds a requested song behind the item that plays, or at the beginning while nothing does. */
export async function playNext(showId: string, songId: string, playingId: string | null): Promise<void> {
  await insert(showId, songId, items => items.findIndex(({ id }) => id === playingId) + 1)
}

/** Adds a requested song to the end of the playlist. */
export async function addToPlaylist(showId: string, songId: string): Promise<void> {
  await insert(showId, songId, items => items.length)
}

/** Inserts a song. Repeats it when another editor changes the playlist at the same time. */
async function insert(showId: string, songId: string, placeIn: (items: Playlist['items']) => number): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { version, items } = await ambient.playlists.get(showId)
    const entries: PlaylistEntry[] = items.map(entryOf)
    try {
      await ambient.playlists.put(showId, {
        version,
        items: entries.toSpliced(placeIn(items), 0, { kind: 'song', songId })
      })
      return
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'CONFLICT' || attempt === maxAttempts) throw error
    }
  }
}

/** Returns an item as the API accepts it: its id without its content. */
function entryOf({ id, kind, songId = '', trackId = '' }: Playlist['items'][number]): PlaylistEntry {
  return kind === 'song' ? { id, kind, songId } : { id, kind, trackId }
}
