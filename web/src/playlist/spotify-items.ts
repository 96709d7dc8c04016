import type { Page, PlaylistItem, SpotifyTrack } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import type { PageAsked } from '../parts/use-pages.ts'

/** What is asked of Spotify at once where all is wanted. */
const largestPage = 50

/** A track in a list, where it may stand twice. */
export type ListedTrack = SpotifyTrack & { id: string }

/** What a track is in a playlist of ours. */
export function toItem({
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

/** A page of tracks whose every line is its own. */
export function listed({ items, nextCursor }: Page<SpotifyTrack>, { cursor = '' }: PageAsked): Page<ListedTrack> {
  return { items: items.map((track, at) => ({ ...track, id: `${cursor}-${at}` })), nextCursor }
}

/** Every track of a playlist that can be played, up to so many. Throws CodedError. */
export async function allOf(playlistId: string, most: number): Promise<SpotifyTrack[]> {
  const tracks: SpotifyTrack[] = []
  let cursor: string | null | undefined
  do {
    const page = await ambient.spotify.items(playlistId, { limit: largestPage, ...(cursor && { cursor }) })
    tracks.push(...page.items.filter(({ available }) => available))
    cursor = page.nextCursor
  } while (cursor && tracks.length < most)
  return tracks.slice(0, most)
}
