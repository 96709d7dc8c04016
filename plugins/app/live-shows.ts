import fp from 'fastify-plugin'
import { CodedError } from '../../contract/errors.ts'
import type { ShowSettings } from '../../contract/settings.ts'
import type { EndReason, ShowStatus } from '../../contract/shows.ts'

declare module 'fastify' {
  interface FastifyInstance { liveShows: LiveShowsDoor }
}

/** Who stands behind a command that comes over REST. `operator` may end any show. */
export interface LiveShowActor { kind: 'user' | 'operator', userId: string }

/** What REST may ask of a live room; the room's rules decide. */
export type LiveShowCommand =
  | { type: 'show:start' }
  | { type: 'show:end' }
  | { type: 'show:edit', title: string, description: string, settings: ShowSettings }
  | { type: 'member:remove', userId: string, ban: boolean }
  | { type: 'member:unban', userId: string }
  /** Asked before somebody is told who is in the show; changes nothing. */
  | { type: 'people:list' }

/** How a live show stands; `end` once it is over. */
export interface LiveStanding { status: ShowStatus, listenerCount: number, end: { reason: EndReason, at: number } | null }

/** The one door from REST to the live rooms; `realtime/` supplies what is behind it. */
export interface LiveShows {
  /**
   * Carries out a command in the show's room and resolves when it is done and stored.
   * Throws CodedError: FORBIDDEN, SHOW_NOT_LIVE, SHOW_ENDED, CONFLICT, UNAVAILABLE.
   */
  command (showId: string, actor: LiveShowActor, command: LiveShowCommand): Promise<void>
  /** Ends the sockets of revoked sign-in sessions (`sid` of their tokens). */
  closeSessions (sessionIds: string[]): Promise<void>
  /** How a show that is live here stands now, which the store learns a moment later; undefined when it is not live here. */
  standing (showId: string): LiveStanding | undefined
}

/** The port as services see it: empty until the live rooms move in. */
export type LiveShowsDoor = LiveShows & { supply (rooms: LiveShows): void }

function createDoor (): LiveShowsDoor {
  let rooms: LiveShows | undefined
  const behind = () => {
    if (!rooms) throw new CodedError('UNAVAILABLE', 'Live shows are not ready yet; try again.')
    return rooms
  }
  return {
    supply (supplied) { rooms = supplied },
    command: async (showId, actor, command) => await behind().command(showId, actor, command),
    closeSessions: async sessionIds => await behind().closeSessions(sessionIds),
    standing: showId => rooms?.standing(showId)
  }
}

export default fp(async app => {
  app.decorate('liveShows', createDoor())
}, { name: 'live-shows' })
