import { CodedError, invalidRequest } from '../../../contract/errors.ts'
import type { PlaylistItem } from '../../../contract/playback.ts'
import type { Playlist, PlaylistEntry } from '../../../contract/playlist.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import type { SongItem } from '../songs/library.ts'
import type { Songs } from '../songs/songs.ts'
import type { SpotifyLibrary } from '../spotify/spotify-library.ts'

/** Number of tracks that are looked up at the same time. */
const maxParallelLookups = 4
const maxIssues = 20

/** The content of an item, without its place in a playlist. */
type ItemContent = Omit<PlaylistItem, 'id'>

/** The editor of a playlist. With `lenderId`, they may also add the songs of this person. */
export interface Editor {
  readonly editorId: string
  readonly lenderId: string | null
}

export interface PlaylistItemsParts {
  songs: Pick<Songs, 'findItems' | 'get' | 'artistKeyOf'>
  spotify: Pick<SpotifyLibrary, 'track'>
}

export type PlaylistItems = ReturnType<typeof createPlaylistItems>

/** Turns the entries of an edit into playlist items. */
export function createPlaylistItems({ songs, spotify }: PlaylistItemsParts) {
  /** Returns songs of the editor, and of the person who lends them theirs. */
  async function findSongs(songIds: readonly string[], { editorId, lenderId }: Editor): Promise<SongItem[]> {
    const own = await songs.findItems(editorId, songIds)
    if (lenderId === null || own.length === songIds.length) return own
    const otherIds = songIds.filter(id => !own.some(({ songId }) => songId === id))
    return [...own, ...(await songs.findItems(lenderId, otherIds))]
  }

  /** Throws NOT_FOUND. */
  async function getSongs(songIds: readonly string[], editor: Editor): Promise<[string, ItemContent][]> {
    const found = await findSongs(songIds, editor)
    const missingId = songIds.find(id => !found.some(({ songId }) => songId === id))
    if (missingId !== undefined) {
      // Throws NOT_FOUND unless the editor has the song, which then is not ready.
      await songs.get(editor.editorId, missingId)
      throw new CodedError('NOT_FOUND', 'The song is not ready.')
    }
    return found.map(song => [contentKeyOf({ kind: 'song', songId: song.songId }), { kind: 'song', ...song }])
  }

  /** Throws NOT_FOUND, and the errors of Spotify. */
  async function getTracks(trackIds: readonly string[], editorId: string): Promise<[string, ItemContent][]> {
    const found: [string, ItemContent][] = []
    for (let start = 0; start < trackIds.length; start += maxParallelLookups) {
      const batch = trackIds.slice(start, start + maxParallelLookups)
      found.push(
        ...(await Promise.all(
          batch.map(async (trackId): Promise<[string, ItemContent]> => {
            const track = await spotify.track(editorId, trackId)
            // The key has the requested id: Spotify may return the same track under another id.
            const artistKey = songs.artistKeyOf(track.artists[0] ?? null)
            const content = { kind: 'spotify' as const, ...track, ...(artistKey !== undefined && { artistKey }) }
            return [contentKeyOf({ kind: 'spotify', trackId }), content]
          })
        ))
      )
    }
    return found
  }

  return {
    /**
     * Returns the items for the entries of an edit. Looks up each new song and track once, with the permissions of the
     * editor; other entries keep their stored content. Throws NOT_FOUND, and the errors of Spotify.
     */
    async resolve(entries: readonly PlaylistEntry[], stored: Playlist, editor: Editor): Promise<PlaylistItem[]> {
      const contents = new Map<string, ItemContent>(stored.items.map(item => [contentKeyOf(item), item]))
      const added = entries.filter(entry => !contents.has(contentKeyOf(entry)))
      const songIds = new Set(added.flatMap(entry => (entry.kind === 'song' ? [entry.songId] : [])))
      const trackIds = new Set(added.flatMap(entry => (entry.kind === 'spotify' ? [entry.trackId] : [])))
      for (const [key, content] of await getSongs([...songIds], editor)) contents.set(key, content)
      for (const [key, content] of await getTracks([...trackIds], editor.editorId)) contents.set(key, content)
      return entries.flatMap(entry => {
        const content = contents.get(contentKeyOf(entry))
        return content ? [{ ...content, id: entry.id ?? opaqueId() }] : []
      })
    },

    /** Returns the songs that were added to a playlist and do not exist any more. */
    async findRemovedSongs(items: readonly PlaylistItem[], stored: Playlist, editor: Editor): Promise<string[]> {
      const storedKeys = new Set(stored.items.map(contentKeyOf))
      const addedIds = new Set(
        items.flatMap(item => (item.songId !== undefined && !storedKeys.has(contentKeyOf(item)) ? [item.songId] : []))
      )
      if (addedIds.size === 0) return []
      const existingIds = new Set((await findSongs([...addedIds], editor)).map(({ songId }) => songId))
      return [...addedIds].filter(songId => !existingIds.has(songId))
    }
  }
}

/** Returns the key of an item's content, which is the same in all playlists. */
function contentKeyOf(entry: { kind: string; songId?: string; trackId?: string }): string {
  return `${entry.kind}:${entry.songId ?? entry.trackId}`
}

/**
 * Checks that each id in an edit is that of the same item in the stored playlist, and is used once. Throws VALIDATION.
 */
export function assertOwnIds(entries: readonly PlaylistEntry[], stored: Playlist): void {
  const storedKeys = new Map(stored.items.map(item => [item.id, contentKeyOf(item)]))
  const usedIds = new Set<string>()
  const issues = entries.flatMap((entry, index) => {
    if (entry.id === undefined) return []
    const isValid = storedKeys.get(entry.id) === contentKeyOf(entry) && !usedIds.has(entry.id)
    usedIds.add(entry.id)
    const message = 'is not the id of this item in the playlist; leave it out for a new one'
    return isValid ? [] : [{ path: `/items/${index}/id`, message }]
  })
  if (issues.length > 0) throw invalidRequest(issues.slice(0, maxIssues))
}
