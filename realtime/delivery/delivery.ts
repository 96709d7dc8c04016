import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'

/** How a live room reaches the people in it; it knows sessions, not sockets. Nothing here waits. */
export interface Delivery {
  /** To everybody in the show, at once. */
  toShow<E extends ServerEventName>(showId: string, event: E, payload: ServerPayload<E>): void
  /** To everybody in the show; to a large crowd little by little, so that nothing else has to wait. In order with others of its kind. */
  toCrowd<E extends ServerEventName>(showId: string, event: E, payload: ServerPayload<E>): void
  /** What is still on its way to a crowd goes out now. */
  settle(): void
  /** To these people, wherever they are in the show; once each. */
  toPeople<E extends ServerEventName>(
    showId: string,
    userIds: readonly string[],
    event: E,
    payload: ServerPayload<E>
  ): void
  /** To one session. */
  toSession<E extends ServerEventName>(sessionId: string, event: E, payload: ServerPayload<E>): void
  /** Takes the session out of its show and closes its socket; `event` says why and is sent first. */
  endSession<E extends ServerEventName>(sessionId: string, event: E, payload: ServerPayload<E>): void
  /** The show is over: its sockets stay connected, outside any show. */
  dismiss(showId: string): void
}
