import type { Readable } from 'node:stream'
import { CodedError } from '../../../contract/errors.ts'
import type { OwnVoice } from '../../../contract/recordings.ts'
import type { ByteRange, ObjectStorage } from '../../external/storage/object-storage.ts'
import type { FileRequester, Tickets } from '../identity/audio-tickets.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import type { Shows } from '../shows/shows.ts'
import { audioKey, type RecordingTables, type StintDocument } from './document.ts'

/** Maximum number of stints in one answer: somebody on stage again every minute of a day has fewer. */
const maxStints = 1_500

export interface VoiceAudio {
  sizeBytes: number
  etag: string
  /** Returns the bytes of a range. Throws NOT_FOUND. */
  read(range: ByteRange): Promise<Readable>
}

export interface OwnVoiceParts {
  tables: RecordingTables
  storage: Pick<ObjectStorage, 'get'>
  shows: Pick<Shows, 'assertVisible'>
  tickets: Tickets
}

/** Gives people their own recorded voice. Nobody else gets it, also not the creator of the show. */
export function createOwnVoice({ tables: { stints }, storage, shows, tickets }: OwnVoiceParts) {
  const addressOf = ({ _id, userId }: StintDocument) =>
    `/v1/recordings/${_id}/audio?ticket=${tickets.issue(_id, userId)}`

  return {
    /**
     * Lists the stored stints of a person in a show, by time. Their own voice stays theirs when they may not see the
     * show any more; without any, throws NOT_FOUND for such a show.
     */
    async list(showId: string, userId: string): Promise<OwnVoice> {
      const found = await stints
        .find({ showId, userId, state: 'stored' }, { projection: { marks: 0 } })
        .sort({ startedAt: 1 })
        .limit(maxStints)
        .toArray()
      if (found.length === 0) await shows.assertVisible(showId, userId)
      const items = found.map(stint => ({
        id: stint._id,
        startedAt: stint.startedAt.toISOString(),
        durationMs: stint.durationMs,
        sizeBytes: stint.sizeBytes,
        audioUrl: addressOf(stint)
      }))
      return { items }
    },

    /** Returns the audio of a stint for its speaker. Throws UNAUTHENTICATED, NOT_FOUND. */
    async getAudio(stintId: string, { userId, ticket }: FileRequester): Promise<VoiceAudio> {
      if (userId === null && ticket === undefined) {
        throw new CodedError('UNAUTHENTICATED', "Send an access token, or use the ticket in the stint's audioUrl.")
      }
      const stint = await stints.findOne({ _id: stintId, state: 'stored' }, { projection: { marks: 0 } })
      if (userId === null && !(stint && tickets.isValid(ticket ?? '', stintId, stint.userId))) throw badTicket()
      if (!stint || (userId !== null && userId !== stint.userId)) throw noSuchStint()
      const key = audioKey({ id: stintId, showId: stint.showId })
      return {
        sizeBytes: stint.sizeBytes,
        // The audio of a stint never changes.
        etag: `"${stintId}"`,
        async read(range) {
          const audio = await storage.get(key, range)
          if (!audio) throw noSuchStint()
          return audio.stream
        }
      }
    },

    /** Yields a person's stints for the export of their personal data. The audio needs their access token. */
    export: (userId: string): AsyncIterable<object> =>
      exportedRecords(
        stints,
        { userId, state: 'stored' },
        ({ _id, showId, startedAt, durationMs, sizeBytes }) => ({
          id: _id,
          showId,
          startedAt: startedAt.toISOString(),
          durationMs,
          sizeBytes,
          audioUrl: `/v1/recordings/${_id}/audio`
        }),
        { sort: { startedAt: 1 }, projection: { marks: 0 } }
      )
  }
}

function badTicket(): CodedError {
  return new CodedError(
    'UNAUTHENTICATED',
    'This ticket has expired or is not for this audio. Request the list again to get a new one.'
  )
}

function noSuchStint(): CodedError {
  return new CodedError('NOT_FOUND', 'There is no such recording.')
}
