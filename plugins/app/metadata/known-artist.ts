import type { MetadataSource } from '../../../contract/metadata.ts'
import { folded } from '../documents/search-words.ts'
import type { Answers } from './answers.ts'
import type { FoundSong, MetadataRepository, SongQuestion } from './metadata-repository.ts'
import { isProposable } from './proposals.ts'

/** An artist of a song or a playlist item, with what is needed to find them in repositories. */
export interface KnownArtist {
  readonly name: string
  readonly question: SongQuestion
  /** Ids that the owner of the song accepted. */
  readonly artistIds: Partial<Record<MetadataSource, string>>
  /** Matches that the owner of the song rejected; empty for a key that people share. */
  readonly rejected: readonly string[]
}

/** Tells whether two names of artists are the same for a reader. */
export const isSameName = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && folded(a).trim() === folded(b).trim()

/** Returns the id of the artist of the best match with this name that was not rejected; null when there is none. */
export function matchedArtist(source: MetadataSource, artist: KnownArtist, found: readonly FoundSong[]): string | null {
  const match = found.find(
    song =>
      song.artistId !== null && isSameName(song.artist, artist.name) && isProposable(source, song, artist.rejected)
  )
  return match?.artistId ?? null
}

/**
 * Returns the id of an artist in a repository: the accepted one, or that of the best known match. null when the
 * repository has none, undefined when it was not asked.
 */
export async function findArtistId(
  repository: MetadataRepository,
  artist: KnownArtist,
  findSongs: Answers['findSongs']
): Promise<string | null | undefined> {
  const accepted = artist.artistIds[repository.name]
  if (accepted !== undefined) return accepted
  const songs = await findSongs(repository, artist.question)
  return songs && matchedArtist(repository.name, artist, songs.value)
}
