import { buffer } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { CodedError } from '../../../contract/errors.ts'
import type { SongSource } from '../../../media/player/song-source.ts'
import type { ByteRange, ObjectStorage } from '../../external/storage/object-storage.ts'
import { artworkKey, audioKey } from './document.ts'
import { noSuchSong, type SongLibrary } from './library.ts'
import type { FileRequester, Tickets } from '../identity/audio-tickets.ts'

export interface SongAudioParts {
  storage: ObjectStorage
  library: Pick<SongLibrary, 'getReady'>
  tickets: Tickets
}

/** Serves the audio and the artwork of songs. */
export function createSongAudio({ storage, library, tickets }: SongAudioParts) {
  async function getAudioBytes(songId: string, range?: ByteRange): Promise<Readable> {
    const found = await storage.get(audioKey(songId), range)
    if (!found) throw noSuchSong()
    return found.stream
  }

  return {
    /** Checks that the requester may hear a song, by user id or by ticket. Throws UNAUTHENTICATED, NOT_FOUND. */
    async getAudioInfo(
      songId: string,
      { userId, ticket }: FileRequester
    ): Promise<{ sizeBytes: number; etag: string }> {
      if (userId === null && ticket === undefined) {
        throw new CodedError('UNAUTHENTICATED', "Send an access token, or use the ticket in the song's audioUrl.")
      }
      const song = await library.getReady(songId).catch((error: unknown) => {
        throw userId === null ? badTicket() : error
      })
      if (userId === null && !tickets.isValid(ticket ?? '', songId, song.ownerId)) throw badTicket()
      if (userId !== null && userId !== song.ownerId) throw noSuchSong()
      // The audio of a song never changes: another file is another song.
      return { sizeBytes: song.audioBytes, etag: `"${songId}"` }
    },

    /** Returns all bytes of a song, or a range that lies within it. Throws NOT_FOUND. */
    getAudioBytes,

    /** Returns a song for the player of a live show. Throws NOT_FOUND, in `read` too once the song is removed. */
    async source(songId: string): Promise<SongSource> {
      const { audioBytes, durationMs } = await library.getReady(songId)
      return {
        songId,
        sizeBytes: audioBytes,
        durationMs,
        read: async (start, end) =>
          start < end ? await buffer(await getAudioBytes(songId, { first: start, last: end - 1 })) : new Uint8Array(0)
      }
    },

    /** Returns the WebP picture with this last URL segment. Throws NOT_FOUND. */
    async getArtwork(address: string): Promise<{ sizeBytes: number; stream: Readable }> {
      const [songId = '', name = ''] = address.split('.')
      const found = await storage.get(artworkKey(songId, name))
      if (!found) throw new CodedError('NOT_FOUND', 'There is no such picture.')
      return { sizeBytes: found.object.sizeBytes, stream: found.stream }
    }
  }
}

function badTicket(): CodedError {
  return new CodedError(
    'UNAUTHENTICATED',
    'This ticket has expired or is not for this song. Request the song again to get a new one.'
  )
}
