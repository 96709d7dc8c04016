import type { Collection } from 'mongodb'
import { invalidRequest } from '../../../contract/errors.ts'
import { metadataFields, type MetadataField } from '../../../contract/metadata.ts'
import type { SongPatch } from '../../../contract/songs.ts'
import { folded, wordsOf } from '../documents/search-words.ts'
import { visibleStates, type AskedSong, type FieldSource, type SongDocument } from './document.ts'
import { noSuchSong } from './library.ts'

/** The fields that a person or a repository may change. */
export type SongFields = Pick<SongDocument, MetadataField>

/** New fields of a song with their source, and the artist they are from. */
export interface FieldChange {
  fields: Partial<SongFields>
  source: FieldSource
  /** Ids of the artist in repositories; undefined leaves them as they are. */
  artistIds?: SongDocument['artistIds']
}

/** Corrections of the artist of a song by its owner. */
export type ArtistCorrections = Pick<SongDocument, 'ownerId' | 'artistIds' | 'rejected'>

/**
 * Returns the key of an artist's card: by the name, or by the ids that the owner of a song accepted. A song with
 * rejected matches has a key of its owner, so that its card leaves them out wherever the song plays, and no other card
 * does.
 */
export type ArtistKeyOf = (artist: string | null, song?: ArtistCorrections) => string | undefined

export type SongFieldChanges = ReturnType<typeof createSongFields>

const maxKeyLength = 22

/**
 * Creates the function that gives artists their keys. With a keyed hash, nobody can find out by a name whether somebody
 * has songs of an artist.
 */
export function createArtistKeys(hash: (text: string) => string): ArtistKeyOf {
  return (artist, { ownerId, artistIds = {}, rejected = [] } = { ownerId: '' }) => {
    const accepted = Object.entries(artistIds).sort()
    const name = artist === null ? '' : folded(artist).replace(/\s+/g, ' ').trim()
    if (name === '') return undefined
    const key =
      rejected.length > 0
        ? `corrected ${JSON.stringify([ownerId, name, accepted, rejected.toSorted()])}`
        : accepted.length > 0
          ? `artist ids ${JSON.stringify(accepted)}`
          : `artist ${name}`
    return hash(key).slice(0, maxKeyLength)
  }
}

/** Selects a song whose fields were not changed since it was read. */
export const unchanged = ({ edits }: Pick<SongDocument, 'edits'>) => ({ edits: edits ?? { $exists: false } })

/** Returns what a song is asked for. */
export const questionOf = ({ title, artist, album, durationMs }: AskedSong): AskedSong => ({
  title,
  artist,
  album,
  durationMs
})

/** Returns the fields that follow from the texts of a song. */
function derived(song: SongFields & ArtistCorrections, artistKeyOf: ArtistKeyOf) {
  const { title, artist, album } = song
  const artistKey = artistKeyOf(artist, song)
  return { words: wordsOf(title, artist ?? '', album ?? ''), ...(artistKey !== undefined && { artistKey }) }
}

/** Returns the fields of a transcoded song: those of its tags, but for what the owner typed meanwhile. */
export function taggedFields(
  song: SongDocument,
  tagged: AskedSong,
  artistKeyOf: ArtistKeyOf
): Partial<SongDocument> & { askAt: Date } {
  const at = new Date()
  const texts = { title: song.title, artist: song.artist, album: song.album }
  const sources = { ...song.sources }
  for (const field of ['title', 'artist', 'album'] as const) {
    if (sources[field]?.source === 'owner') continue
    const value = tagged[field]
    Object.assign(texts, { [field]: value })
    if (value !== null) sources[field] = { source: 'tags', url: null, fetchedAt: at }
  }
  const question = questionOf({ ...texts, durationMs: tagged.durationMs })
  return {
    ...texts,
    sources,
    ...derived({ ...song, ...texts }, artistKeyOf),
    question,
    askAt: at
  }
}

/** Changes the fields of songs that their owner may see. */
export function createSongFields(
  songs: Collection<SongDocument>,
  artistKeyOf: ArtistKeyOf,
  nowMs: () => number = Date.now
) {
  /**
   * Stores what `changeOf` returns for a song, if nothing else changed it meanwhile; else calls `changeOf` again. null
   * changes nothing. The song is marked until listeners were told. Throws NOT_FOUND, and the errors of `changeOf`.
   */
  async function change(
    ownerId: string,
    songId: string,
    changeOf: (song: SongDocument) => Partial<SongDocument> | null
  ): Promise<SongDocument> {
    for (;;) {
      const song = await songs.findOne({ _id: songId, ownerId, state: { $in: [...visibleStates] } })
      if (!song) throw noSuchSong()
      const changed = changeOf(song)
      if (changed === null) return song
      const next = { ...song, ...changed }
      const edits = (song.edits ?? 0) + 1
      const $set = { ...changed, ...derived(next, artistKeyOf), edits, hasUntoldChange: true as const }
      const hasKey = $set.artistKey !== undefined || song.artistKey === undefined
      const stored = await songs.findOneAndUpdate(
        { _id: songId, ownerId, state: song.state, ...unchanged(song) },
        { $set, ...(!hasKey && { $unset: { artistKey: '' } }) },
        { returnDocument: 'after' }
      )
      if (stored) return stored
    }
  }

  /** Returns a song with other fields. */
  function withFields(song: SongDocument, { fields, source, artistIds }: FieldChange): Partial<SongDocument> {
    const sources = { ...song.sources }
    for (const field of metadataFields) if (fields[field] !== undefined) sources[field] = source
    return { ...fields, sources, ...(artistIds && { artistIds }) }
  }

  return {
    change,
    withFields,

    /**
     * Stores what the owner typed, and the rights they set. Repositories are asked again when title, artist or album
     * differ. Throws NOT_FOUND and VALIDATION.
     */
    async patch(ownerId: string, songId: string, patch: SongPatch): Promise<SongDocument> {
      if (typeof patch.link === 'string' && !URL.canParse(patch.link)) {
        throw invalidRequest([{ path: '/link', message: 'must be the address of a page' }])
      }
      return await change(ownerId, songId, song => {
        const source = { source: 'owner', url: null, fetchedAt: new Date() } as const
        const isOtherArtist = patch.artist !== undefined && patch.artist !== song.artist
        const { mayReplay, mayStream, jingle, ...fields } = patch
        const changed = {
          ...withFields(song, { fields, source, ...(isOtherArtist && { artistIds: {} }) }),
          ...(mayReplay !== undefined && { mayReplay }),
          ...(mayStream !== undefined && { mayStream }),
          ...(jingle !== undefined && { jingle, jingleOf: jingle ? ownerId : null })
        }
        const isOtherSong = (['title', 'artist', 'album'] as const).some(
          field => patch[field] !== undefined && patch[field] !== song[field]
        )
        if (!isOtherSong || song.state !== 'ready') return changed
        // A song that waits keeps its place, and nobody asks for it with its old texts.
        const askAt = new Date(Math.min(song.askAt?.getTime() ?? Infinity, nowMs()))
        return { ...changed, question: questionOf({ ...song, ...changed }), askAt }
      })
    }
  }
}
