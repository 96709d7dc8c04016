import type { OwnVoice, RecordingSpace } from '../../contract/recordings.ts'
import type { AuthorizedRequest } from '../request.ts'

/** Creates the requests about the recordings of shows. */
export function createRecordingsApi(request: AuthorizedRequest) {
  return {
    /** Returns the user's own voice in a show. */
    mine: async (showId: string) => await request<OwnVoice>('GET', `/shows/${showId}/recording/mine`),
    /** Returns the space that the recordings of the user's shows take. */
    space: async () => await request<RecordingSpace>('GET', '/recordings/space')
  }
}
