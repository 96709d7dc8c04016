import type { PlaylistItem, Song } from '../../../client/index.ts'

/** Returns the playlist item of a song. */
export function songToItem({ id, title, artist, album, durationMs, artworkUrl }: Song): Omit<PlaylistItem, 'id'> {
  return {
    kind: 'song',
    songId: id,
    title,
    artists: artist === null ? [] : [artist],
    album,
    durationMs,
    artworkUrl,
    link: null,
    available: true
  }
}

/** Formats artists and duration as `A Quiet Band · 3:20`; the duration alone when no artist is known. */
export function formatArtistsAndDuration(artists: readonly string[], duration: string): string {
  return artists.length === 0 ? duration : `${artists.join(', ')} · ${duration}`
}
