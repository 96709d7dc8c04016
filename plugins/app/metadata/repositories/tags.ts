import { showForMsOf, type MetadataRepository } from '../metadata-repository.ts'
import { readNamedSong } from './named-song.ts'

/** Certain enough to be shown, and below a repository that knows the song. */
const score = 0.5

/**
 * Proposes what the name of a file says: uploads without tags have it as their title. The tags themselves are in the
 * song from the beginning. Asks nobody.
 */
export function createTagsRepository(): MetadataRepository {
  return {
    name: 'tags',
    showForMs: showForMsOf.tags,
    async find(song) {
      const { title, artist } = readNamedSong(song)
      if (title === song.title && artist === song.artist) return []
      return [{ title, artist, album: null, year: null, link: null, url: null, artistId: null, score }]
    },
    artist: async () => null,
    spareInMs: async () => 0
  }
}
