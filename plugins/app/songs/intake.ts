import { randomBytes } from 'node:crypto'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { wordsOf } from '../shows/words.ts'
import { headBytes, mayBeAudio } from './transcode/formats.ts'
import { shownText, titleOfFile } from './transcode/texts.ts'
import { nobodysLease, originalKey, type SongDocument } from './document.ts'
import type { Removal } from './removal.ts'
import type { Shelves } from './song-quota.ts'

/** Something that is to become a song. */
export interface Arrival {
  ownerId: string
  /** It names the song until its tags do. */
  fileName: string
  /** At most so many bytes come. */
  mostBytes: number
  /** By where it lies, when it says nothing of that itself. */
  artist?: string | null
  album?: string | null
  /** Names it for good; what came under this name before is not taken twice. */
  importKey?: string
  /** Takes it even where the person's space is used up. */
  mayExceed?: boolean
}

export interface IntakeParts {
  songs: Collection<SongDocument>
  storage: ObjectStorage
  shelves: Shelves
  removal: Removal
  leaseMs: number
}

const artworkNameBytes = 12

/** Takes uploads in: into the storage as they come, never whole into memory. */
export function createIntake({ songs, storage, shelves, removal, leaseMs }: IntakeParts) {
  async function begin({ ownerId, fileName, artist = null, album = null, importKey }: Arrival): Promise<SongDocument> {
    const title = titleOfFile(fileName) ?? 'Untitled'
    const [shownArtist, shownAlbum] = [shownText(artist), shownText(album)]
    const document: SongDocument = {
      _id: opaqueId(),
      ownerId,
      state: 'receiving',
      title,
      artist: shownArtist,
      album: shownAlbum,
      durationMs: 0,
      peaks: [],
      reason: null,
      sizeBytes: 0,
      audioBytes: 0,
      artworkName: randomBytes(artworkNameBytes).toString('base64url'),
      hasArtwork: false,
      words: wordsOf(title, shownArtist ?? '', shownAlbum ?? ''),
      leaseToken: opaqueId(),
      leaseUntil: new Date(Date.now() + leaseMs),
      attempts: 0,
      ...(importKey !== undefined && { importKey }),
      createdAt: new Date()
    }
    await songs.insertOne(document)
    return document
  }

  /** Says, while it goes on, that somebody is at it. */
  function keepLease({ _id, leaseToken }: SongDocument): () => void {
    const renew = async () => {
      await songs.updateOne(
        { _id, leaseToken, state: 'receiving' },
        { $set: { leaseUntil: new Date(Date.now() + leaseMs) } }
      )
    }
    // One that fails is followed by another; a song that is lost for good is found out at the end.
    const timer = setInterval(() => {
      renew().catch(() => {})
    }, leaseMs / 3)
    return () => clearInterval(timer)
  }

  async function store(
    song: SongDocument,
    { ownerId, mostBytes, mayExceed }: Arrival,
    source: AsyncIterable<Uint8Array>
  ): Promise<SongDocument> {
    if (!(await shelves.hold(ownerId, song._id, mostBytes, mayExceed))) {
      throw new CodedError('PAYLOAD_TOO_LARGE', 'Your space for songs is used up; delete some first.')
    }
    const { sizeBytes } = await storage.put(originalKey(song._id), audioOnly(source))
    await shelves.resize(ownerId, song._id, sizeBytes, mayExceed)
    const { _id, leaseToken } = song
    const stored = await songs.findOneAndUpdate(
      { _id, leaseToken, state: 'receiving' },
      { $set: { state: 'processing', sizeBytes, ...nobodysLease } },
      { returnDocument: 'after' }
    )
    if (!stored) throw new CodedError('UNAVAILABLE', 'The upload could not be kept; send it again.')
    return stored
  }

  return {
    /**
     * Takes in a file, to be made into a song later. Throws UNSUPPORTED_MEDIA for what is no audio by its first bytes, PAYLOAD_TOO_LARGE
     * when there is no room left, and what the source throws; then nothing of it stays.
     */
    async take(arrival: Arrival, source: AsyncIterable<Uint8Array>): Promise<SongDocument> {
      const song = await begin(arrival)
      const letGo = keepLease(song)
      try {
        return await store(song, arrival, source)
      } catch (error) {
        const { leaseToken, ...rest } = song
        await removal.mark({ _id: song._id, leaseToken, state: 'receiving' })
        await removal.remove({ ...rest, leaseToken: null })
        throw error
      } finally {
        letGo()
      }
    }
  }
}

/** Passes bytes on once the first of them say that they may be audio. */
async function* audioOnly(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0)
  for await (const chunk of source) {
    if (head === null) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < headBytes) continue
    requireAudio(head)
    yield head
    head = null
  }
  if (head === null) return
  requireAudio(head)
  yield head
}

function requireAudio(head: Uint8Array): void {
  if (!mayBeAudio(head)) {
    throw new CodedError('UNSUPPORTED_MEDIA', 'Send an audio file: MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF or Matroska.')
  }
}
