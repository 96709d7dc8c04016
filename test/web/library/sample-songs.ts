import type { MetadataProposal, Song } from '../../../client/index.ts'

const at = '2027-03-01T19:00:00.000Z'

/** Returns a ready song without details, with these fields. */
export const sampleSong = (fields: Partial<Song> = {}): Song => ({
  id: 's1',
  title: 'Take 3',
  artist: null,
  album: null,
  durationMs: 1000,
  artworkUrl: null,
  peaks: [],
  status: 'ready',
  reason: null,
  sizeBytes: 1,
  audioUrl: null,
  createdAt: at,
  ...fields
})

/** Returns a proposal of an artist, with these fields. */
export const sampleProposal = (fields: Partial<MetadataProposal> = {}): MetadataProposal => ({
  id: 'p1',
  source: 'discogs',
  url: null,
  fetchedAt: at,
  title: null,
  artist: 'A Quiet Band',
  album: null,
  year: null,
  link: null,
  score: 1,
  ...fields
})
