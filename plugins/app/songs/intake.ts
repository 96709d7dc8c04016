import { randomBytes } from 'node:crypto'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { ObjectStorage } from '../../external/storage/object-storage.ts'
import { opaqueId } from '../documents/opaque-id.ts'
import { wordsOf } from '../documents/search-words.ts'
import { displayText, titleFromFileName } from './transcode/display-text.ts'
import { headBytes, mayBeAudio, searchedBytes } from './transcode/formats.ts'
import { noLease, originalKey, type SongDocument } from './document.ts'
import type { SongRemoval } from './removal.ts'
import type { SongQuota } from './song-quota.ts'

/** An uploaded or imported file that will become a song. */
export interface SongUpload {
  ownerId: string
  /** Gives the title until the tags are read. */
  fileName: string
  maxBytes: number
  /** Artist and album by the place of the file, for files without tags. */
  artist?: string | null
  album?: string | null
  /** Permanent name of an imported file. A file whose key is known already is not stored again. */
  importKey?: string
  /** Stores the file even when the owner's quota is used up. */
  mayExceedQuota?: boolean
}

export interface IntakeParts {
  songs: Collection<SongDocument>
  storage: ObjectStorage
  quota: SongQuota
  removal: SongRemoval
  leaseMs: number
}

const artworkNameBytes = 12

/** Streams uploads into the storage, without holding a whole file in memory. */
export function createIntake({ songs, storage, quota, removal, leaseMs }: IntakeParts) {
  async function insert(upload: SongUpload): Promise<SongDocument> {
    const { ownerId, fileName, importKey } = upload
    const title = titleFromFileName(fileName) ?? 'Untitled'
    const [artist, album] = [displayText(upload.artist), displayText(upload.album)]
    const document: SongDocument = {
      _id: opaqueId(),
      ownerId,
      state: 'receiving',
      title,
      artist,
      album,
      durationMs: 0,
      peaks: [],
      reason: null,
      sizeBytes: 0,
      audioBytes: 0,
      artworkName: randomBytes(artworkNameBytes).toString('base64url'),
      hasArtwork: false,
      words: wordsOf(title, artist ?? '', album ?? ''),
      leaseToken: opaqueId(),
      leaseUntil: new Date(Date.now() + leaseMs),
      attempts: 0,
      ...(importKey !== undefined && { importKey }),
      createdAt: new Date()
    }
    await songs.insertOne(document)
    return document
  }

  /** Renews the lease until the returned function is called. */
  function keepLease({ _id, leaseToken }: SongDocument): () => void {
    const renew = async () => {
      await songs.updateOne(
        { _id, leaseToken, state: 'receiving' },
        { $set: { leaseUntil: new Date(Date.now() + leaseMs) } }
      )
    }
    // Another renewal follows a failed one. A lease that is lost for good shows when the upload ends.
    const timer = setInterval(() => {
      renew().catch(() => {})
    }, leaseMs / 3)
    return () => clearInterval(timer)
  }

  async function store(
    song: SongDocument,
    { ownerId, maxBytes, mayExceedQuota }: SongUpload,
    source: AsyncIterable<Uint8Array>
  ): Promise<SongDocument> {
    if (!(await quota.reserve(ownerId, song._id, maxBytes, mayExceedQuota))) {
      throw new CodedError('PAYLOAD_TOO_LARGE', 'Your space for songs is full. Delete some songs first.')
    }
    const { sizeBytes } = await storage.put(originalKey(song._id), audioOnly(source))
    await quota.resize(ownerId, song._id, sizeBytes, mayExceedQuota)
    const { _id, leaseToken } = song
    const stored = await songs.findOneAndUpdate(
      { _id, leaseToken, state: 'receiving' },
      { $set: { state: 'processing', sizeBytes, ...noLease } },
      { returnDocument: 'after' }
    )
    if (!stored) throw new CodedError('UNAVAILABLE', 'The upload could not be stored. Send it again.')
    return stored
  }

  return {
    /**
     * Stores a file for transcoding. Throws UNSUPPORTED_MEDIA when its beginning is not audio, PAYLOAD_TOO_LARGE
     * when the quota is used up, and the errors of the source. A failed upload leaves nothing behind.
     */
    async receive(upload: SongUpload, source: AsyncIterable<Uint8Array>): Promise<SongDocument> {
      const song = await insert(upload)
      const stopLease = keepLease(song)
      try {
        return await store(song, upload, source)
      } catch (error) {
        await removal.mark({ _id: song._id, leaseToken: song.leaseToken, state: 'receiving' })
        await removal.remove({ ...song, leaseToken: null })
        throw error
      } finally {
        stopLease()
      }
    }
  }
}

/** Passes bytes on once they look like audio. */
async function* audioOnly(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0)
  let nextCheckBytes = headBytes
  for await (const chunk of source) {
    if (head === null) {
      yield chunk
      continue
    }
    head = Buffer.concat([head, chunk])
    if (head.length < nextCheckBytes) continue
    if (!mayBeAudio(head)) {
      if (head.length >= searchedBytes) throw notAudio()
      nextCheckBytes = 2 * head.length
      continue
    }
    yield head
    head = null
  }
  if (head === null) return
  if (!mayBeAudio(head)) throw notAudio()
  yield head
}

const notAudio = () =>
  new CodedError(
    'UNSUPPORTED_MEDIA',
    'Send an audio file: MP3, M4A, AAC, FLAC, Ogg, WAV, AIFF, Matroska, QuickTime, AMR, AC-3, XM, MOD, S3M or IT.'
  )
