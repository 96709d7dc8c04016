import { createAmbientApi, type AmbientApi, type ApiOptions } from './api.ts'
import { joinShow, type JoinOptions } from './join-show.ts'
import type { ShowRoom } from './show-room.ts'

export interface AmbientOptions extends ApiOptions, JoinOptions {}

/** Ambient for one user: the account, the REST API, and the shows that the user joins. */
export interface Ambient extends AmbientApi {
  /** Joins a live show. The returned room reports the progress in its `view`. */
  joinShow(showId: string, options?: Pick<JoinOptions, 'source'>): ShowRoom
}

export function createAmbient(options: AmbientOptions): Ambient {
  const api = createAmbientApi(options)
  return { ...api, joinShow: (showId, own) => joinShow(api, showId, { ...options, ...own }) }
}
