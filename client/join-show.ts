import type { types } from 'mediasoup-client'
import type { ListenerSource } from '../contract/audience-events.ts'
import type { LiveComment } from '../contract/comments.ts'
import type { Page } from '../contract/paging.ts'
import type { AmbientApi } from './api.ts'
import { ShowRoom } from './show-room.ts'
import { silentOutput } from './silent-output.ts'
import type { SoundOutput } from './sound.ts'

export interface JoinOptions {
  /** The way in which the user found the show. The server counts it for the creator, and uses it for nothing else. */
  source?: ListenerSource
  /**
   * Joins also before the start, if the user is the creator or invited backstage: until `view.room.status` is `live`,
   * nobody else hears them. Default: false.
   */
  backstage?: boolean
  /** Plays the show. Default: nothing is played. */
  sound?: SoundOutput
  /** WebRTC of React Native or Node.js: see the handlers of mediasoup-client. Default: the browser's own. */
  handlerFactory?: types.HandlerFactory
  /** `relay` sends media through the operator's TURN server only. Default: `all`. */
  iceTransportPolicy?: RTCIceTransportPolicy
}

/** Everybody who joins requests the newest comments, and few scroll back, so the first page is smaller. */
const newestPageSize = 50
const earlierPageSize = 100

/** Joins a live show. The returned room reports the progress in its `view`. */
export function joinShow(api: AmbientApi, showId: string, options: JoinOptions = {}): ShowRoom {
  const { url, account, clock, personalFeed } = api
  const { sound = silentOutput(), handlerFactory, iceTransportPolicy, source, backstage } = options
  const room = new ShowRoom({
    url,
    showId,
    account,
    sound,
    clock,
    fetchComments: async cursor => await fetchComments(api, showId, cursor),
    listenForUser: personalFeed.listenOn,
    ...(source && { source }),
    ...(backstage && { backstage }),
    ...(handlerFactory && { handlerFactory }),
    ...(iceTransportPolicy && { iceTransportPolicy })
  })
  personalFeed.attach(room)
  return room
}

/** Returns a page of comments with times in ms, as a live show sends them. */
async function fetchComments(
  { comments }: AmbientApi,
  showId: string,
  cursor: string | undefined
): Promise<Page<LiveComment>> {
  const { items, nextCursor } = await comments.list(
    showId,
    cursor === undefined ? { limit: newestPageSize } : { limit: earlierPageSize, cursor }
  )
  return { items: items.map(comment => ({ ...comment, createdAt: Date.parse(comment.createdAt) })), nextCursor }
}
