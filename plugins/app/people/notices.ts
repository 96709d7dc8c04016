import type { ServerEventName, ServerPayload } from '../../../contract/server-events.ts'

/** Sends server events to a person wherever they are connected, in a show or not. `realtime/` implements it. */
export interface Notices {
  /** Sends the event to all sockets of a person, if there are any. */
  send<E extends ServerEventName>(userId: string, event: E, payload: ServerPayload<E>): void
}

/** The port as services see it. Events are dropped until it is bound. */
export type NoticesPort = Notices & { bind(notices: Notices): void }

export function createNoticesPort(): NoticesPort {
  let bound: Notices | undefined
  return {
    bind(notices) {
      bound = notices
    },
    send: (userId, event, payload) => bound?.send(userId, event, payload)
  }
}
