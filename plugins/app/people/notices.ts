import fp from 'fastify-plugin'
import type { ServerEventName, ServerPayload } from '../../../contract/server-events.ts'

declare module 'fastify' {
  interface FastifyInstance {
    notices: NoticesDoor
  }
}

/** How services tell somebody something wherever they are connected, in a show or not; `realtime/` supplies what is behind it. */
export interface Notices {
  /** To all sockets of a person; to nobody when there are none. */
  tell<E extends ServerEventName>(userId: string, event: E, payload: ServerPayload<E>): void
}

/** The port as services see it: nobody hears anything until the sockets are there. */
export type NoticesDoor = Notices & { supply(notices: Notices): void }

function createDoor(): NoticesDoor {
  let sockets: Notices | undefined
  return {
    supply(supplied) {
      sockets = supplied
    },
    tell: (userId, event, payload) => sockets?.tell(userId, event, payload)
  }
}

export default fp(
  async app => {
    app.decorate('notices', createDoor())
  },
  { name: 'notices' }
)
