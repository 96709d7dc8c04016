import { buffer } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { CodedError } from '../../../contract/errors.ts'
import type { SongSource } from '../../../media/player/song-source.ts'
import type { ByteRange, ObjectStorage } from '../../external/storage/object-storage.ts'
import { artworkKey, audioKey } from './document.ts'
import { noSuchSong, type createLibrary } from './library.ts'
import type { Tickets } from './tickets.ts'

/** Who asks for the bytes of a song: somebody signed in, or whoever holds a ticket. */
export interface Asker {
  userId: string | null
  ticket: string | undefined
}

/** A song's bytes, for those who may have them. */
export function createSound(
  storage: ObjectStorage,
  library: Pick<ReturnType<typeof createLibrary>, 'requireReady'>,
  tickets: Tickets
) {
  return {
    /** Whose song it is may hear it, by name or by ticket. Throws UNAUTHENTICATED, NOT_FOUND. */
    async about(songId: string, { userId, ticket }: Asker): Promise<{ sizeBytes: number; etag: string }> {
      if (userId === null && ticket === undefined) {
        throw new CodedError('UNAUTHENTICATED', "Send an access token, or ask with the ticket in the song's audioUrl.")
      }
      const song = await library.requireReady(songId).catch((error: unknown) => {
        throw userId === null ? badTicket() : error
      })
      if (userId === null && !tickets.isGood(ticket ?? '', songId, song.ownerId)) throw badTicket()
      if (userId !== null && userId !== song.ownerId) throw noSuchSong()
      // Another file is another song.
      return { sizeBytes: song.audioBytes, etag: `"${songId}"` }
    },

    /** All of a song, or a part that lies within it. Throws NOT_FOUND. */
    async bytes(songId: string, range?: ByteRange): Promise<Readable> {
      const found = await storage.get(audioKey(songId), range)
      if (!found) throw noSuchSong()
      return found.stream
    },

    /** For the player of a live show. Throws NOT_FOUND for a song that is not ready, or gone. */
    async source(songId: string): Promise<SongSource> {
      const { audioBytes, durationMs } = await library.requireReady(songId)
      return {
        sizeBytes: audioBytes,
        durationMs,
        read: async (start, end) =>
          start < end ? await buffer(await this.bytes(songId, { first: start, last: end - 1 })) : new Uint8Array(0)
      }
    },

    /** The picture behind the last part of an artwork's address, WebP. Throws NOT_FOUND. */
    async artwork(address: string): Promise<{ sizeBytes: number; stream: Readable }> {
      const [songId = '', name = ''] = address.split('.')
      const found = await storage.get(artworkKey(songId, name))
      if (!found) throw new CodedError('NOT_FOUND', 'There is no such picture.')
      return { sizeBytes: found.object.sizeBytes, stream: found.stream }
    }
  }
}

function badTicket(): CodedError {
  return new CodedError('UNAUTHENTICATED', 'This ticket is over, or for something else; ask for the song again.')
}
