import type { PlaylistItem } from '../../../contract/playback.ts'
import { maxPlaylistBytes } from '../../../contract/playlist.ts'

/** Maximum lengths of the texts of an item, bytes. */
interface TextLimits {
  title: number
  artist: number
  url: number
}

/** The second one fits for every list, whatever its texts are. */
const shorterTexts: readonly TextLimits[] = [
  { title: 160, artist: 80, url: 200 },
  { title: 60, artist: 0, url: 0 }
]

/**
 * Returns the size of an answer with these items. Their songs may be deleted later, and the list is stored then,
 * whatever its size: an item that is not available is one byte longer.
 */
export function playlistBytes(items: readonly PlaylistItem[]): number {
  const largest = { version: Number.MAX_SAFE_INTEGER, items: items.map(item => ({ ...item, available: false })) }
  return Buffer.byteLength(JSON.stringify(largest))
}

/** Returns the items of a stored playlist. When it is too large, stored before the limit, their texts are shorter. */
export function fitted(items: PlaylistItem[]): PlaylistItem[] {
  let fitting = items
  for (const limits of shorterTexts) {
    if (playlistBytes(fitting) <= maxPlaylistBytes) break
    fitting = items.map(item => shortened(item, limits))
  }
  return fitting
}

function shortened({ artistUrl, ...item }: PlaylistItem, limits: TextLimits): PlaylistItem {
  const url = (text: string | null) => (text !== null && Buffer.byteLength(text) <= limits.url ? text : null)
  return {
    ...item,
    title: beginning(item.title, limits.title),
    artists: limits.artist === 0 ? [] : item.artists.slice(0, 1).map(artist => beginning(artist, limits.artist)),
    album: null,
    artworkUrl: url(item.artworkUrl),
    link: url(item.link),
    ...(artistUrl !== undefined && { artistUrl: url(artistUrl) })
  }
}

/** Returns the beginning of a text, without a part of a character. */
function beginning(text: string, maxBytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, maxBytes), { stream: true })
}
