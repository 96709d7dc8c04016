import type { PlaylistItem, Song } from '../../../client/index.ts'

/** What a song of one's own is in a playlist. */
export function songItem({ id, title, artist, album, durationMs, artworkUrl }: Song): Omit<PlaylistItem, 'id'> {
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

/** Who made it and how long it is, for what has both and for what has not. */
export function aboutText(artists: readonly string[], duration: string): string {
  return artists.length === 0 ? duration : `${artists.join(', ')} · ${duration}`
}
