import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'

/** Reaches the members of live shows by show, person or presence; the rooms know no sockets. No method waits. */
export interface Delivery {
  /**
   * Sends to everybody in the show, in chunks when it has many sockets. Each socket gets its messages in the order in
   * which they were sent. A socket that lags may miss an older message that a newer one replaces.
   */
  toShow<E extends ServerEventName>(showId: string, event: E, payload: ServerPayload<E>): void
  /** Sends to these people in the show, once each. */
  toPeople<E extends ServerEventName>(
    showId: string,
    userIds: readonly string[],
    event: E,
    payload: ServerPayload<E>
  ): void
  /** Sends to one presence. */
  toPresence<E extends ServerEventName>(presenceId: string, event: E, payload: ServerPayload<E>): void
  /** Sends to these presences of a show, in chunks when there are many. */
  toPresences<E extends ServerEventName>(
    showId: string,
    presenceIds: readonly string[],
    event: E,
    payload: ServerPayload<E>
  ): void
  /** Sends `event`, which says why, takes the presence out of its show and closes its socket. */
  endPresence<E extends ServerEventName>(presenceId: string, event: E, payload: ServerPayload<E>): void
  /** Takes all sockets out of a show that has ended; they stay connected, and get what was sent before. */
  endShow(showId: string): void
  /**
   * Takes all sockets out of a show that this server gives up, and asks their clients to connect again, after what was
   * sent before.
   */
  drainShow(showId: string): void
}
