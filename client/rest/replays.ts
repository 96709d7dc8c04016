import type { Page } from '../../contract/paging.ts'
import type { Replay, ReplayComment, ReplayPatch, ReplayReactions } from '../../contract/replays.ts'
import type { AuthorizedRequest } from '../request.ts'
import { toQuery, type PageOptions } from './query.ts'

export interface ReplayCommentsOptions extends PageOptions {
  /** Only comments from this place in the replay on, ms. */
  fromMs?: number
}

/** Creates the requests about the replay of an ended show. */
export function createReplaysApi(request: AuthorizedRequest) {
  return {
    /** Throws NOT_FOUND when there is none, or it is not published and the user is no host of the show. */
    get: async (showId: string) => await request<Replay>('GET', `/shows/${showId}/replay`),
    /**
     * Publishes, unpublishes or trims. Throws CONFLICT when the version is stale, TAKEN_DOWN instead of publishing what
     * operators have taken down.
     */
    patch: async (showId: string, patch: ReplayPatch) =>
      await request<Replay>('PATCH', `/shows/${showId}/replay`, patch),
    delete: async (showId: string) => await request<null>('DELETE', `/shows/${showId}/replay`),
    /** Mixes the audio again after mixing has failed. */
    mix: async (showId: string) => await request<Replay>('POST', `/shows/${showId}/replay/mix`),
    /** Returns comments at their places, oldest first. */
    comments: async (showId: string, options: ReplayCommentsOptions = {}) =>
      await request<Page<ReplayComment>>('GET', `/shows/${showId}/replay/comments${toQuery(options)}`),
    reactions: async (showId: string) => await request<ReplayReactions>('GET', `/shows/${showId}/replay/reactions`)
  }
}
