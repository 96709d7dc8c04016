import type { Page, PlaylistItem, SpotifyTrack } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import type { PageRequest } from '../ui/use-paged-list.ts'

/** Number of tracks per request when a whole playlist is loaded. */
const maxPageSize = 50

/** A track with an id of its own in a list, since the same track may be in it twice. */
export type ListedTrack = SpotifyTrack & { id: string }

/** Returns the playlist item of a Spotify track. */
export function trackToItem({
  trackId,
  title,
  artists,
  artistUrl,
  album,
  durationMs,
  artworkUrl,
  link,
  available
}: SpotifyTrack): Omit<PlaylistItem, 'id'> {
  return {
    kind: 'spotify',
    trackId,
    title,
    artists,
    ...(artistUrl !== undefined && { artistUrl }),
    album,
    durationMs,
    artworkUrl,
    link,
    available
  }
}

/** Gives each track of a page an id of its own. */
export function withListIds(
  { items, nextCursor }: Page<SpotifyTrack>,
  { cursor = '' }: PageRequest
): Page<ListedTrack> {
  return { items: items.map((track, at) => ({ ...track, id: `${cursor}-${at}` })), nextCursor }
}

/**
 * Loads the playable tracks of a Spotify playlist, at most `maxTracks`.
 * @throws CodedError
 */
export async function loadAllTracks(playlistId: string, maxTracks: number): Promise<SpotifyTrack[]> {
  const tracks: SpotifyTrack[] = []
  let cursor: string | null | undefined
  do {
    const page = await ambient.spotify.items(playlistId, { limit: maxPageSize, ...(cursor && { cursor }) })
    tracks.push(...page.items.filter(({ available }) => available))
    cursor = page.nextCursor
  } while (cursor && tracks.length < maxTracks)
  return tracks.slice(0, maxTracks)
}
