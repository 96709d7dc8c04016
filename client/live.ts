import type { LiveUpdate, LiveValues } from '../contract/live.ts'
import type { PersonalFeed } from './personal-feed.ts'
import type { AuthorizedRequest } from './request.ts'

/** The live values of the server. */
export interface Live {
  /**
   * Numbers of people who are connected, and who play the song that this connection hears. Null until the server has
   * told it, and while nobody subscribes. The same object until a number changes.
   */
  readonly value: LiveUpdate | null
  /** Calls back after each change. A signed-in user is connected while there are subscribers. */
  subscribe(listener: () => void): () => void
  /** Returns the live values that everybody may see, also without a sign-in. They change once per second at most. */
  fetch(): Promise<LiveValues>
}

export function createLive(request: AuthorizedRequest, feed: PersonalFeed): Live {
  return {
    get value() {
      return feed.live
    },
    subscribe: feed.subscribeToLive,
    fetch: async () => await request<LiveValues>('GET', '/live')
  }
}
