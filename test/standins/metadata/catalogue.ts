/** A recording of the invented catalogue that all stand-ins of repositories share. */
export interface CatalogueRecording {
  title: string
  artist: CatalogueArtist
  album: string
  year: number
  durationMs: number
}

export interface CatalogueArtist {
  /** Number of the artist at Discogs; the others derive theirs from it. */
  id: number
  name: string
  area: string
  beginYear: number
  genres: readonly string[]
}

/** Names without meaning that follow from a number, so that a test can ask for many artists. */
export function artistOf(id: number): CatalogueArtist {
  const known = artists.find(artist => artist.id === id)
  return known ?? { id, name: `Artist ${id}`, area: 'Harbour Town', beginYear: 1950 + (id % 70), genres: ['ambient'] }
}

export const artists: readonly CatalogueArtist[] = [
  { id: 11, name: 'The Quiet Lanterns', area: 'Meadow City', beginYear: 1991, genres: ['dream pop', 'shoegaze'] },
  { id: 12, name: 'Orbit & Signal', area: 'Harbour Town', beginYear: 2003, genres: ['electronic'] },
  // Two artists of the same name, which Discogs tells apart by a number.
  { id: 13, name: 'Velvet', area: 'River County', beginYear: 1978, genres: ['soul', 'funk'] },
  // A name of punctuation, with characters that queries must escape.
  { id: 14, name: 'AC/DC (of Harbour): "Live" + more?', area: 'Harbour Town', beginYear: 1980, genres: ['rock'] }
]

const [lanterns, orbit, velvet, special] = artists as [
  CatalogueArtist,
  CatalogueArtist,
  CatalogueArtist,
  CatalogueArtist
]

export const recordings: readonly CatalogueRecording[] = [
  { title: 'First Light', artist: lanterns, album: 'Paper Moons', year: 1994, durationMs: 221_000 },
  { title: 'Low Tide', artist: lanterns, album: 'Paper Moons', year: 1994, durationMs: 187_000 },
  { title: 'Night Bus', artist: orbit, album: 'Night Bus', year: 2005, durationMs: 305_000 },
  { title: 'Amber', artist: velvet, album: 'Amber', year: 1979, durationMs: 244_000 },
  { title: 'What? [Part 1/2] & "Why"', artist: special, album: 'Signs', year: 1984, durationMs: 150_000 }
]

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Returns the recordings whose title, and artist if it is given, contain these words. */
export function findRecordings(title: string, artist?: string): CatalogueRecording[] {
  return recordings.filter(
    recording =>
      plain(recording.title).includes(plain(title)) &&
      (artist === undefined || plain(recording.artist.name).includes(plain(artist)))
  )
}
