import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'

/** Reaches the members of live shows by show, person or presence; the rooms know no sockets. No method waits. */
export interface Delivery {
  /** Sends to everybody in the show at once. */
  toShow<E extends ServerEventName>(showId: string, event: E, payload: ServerPayload<E>): void
  /** Sends to everybody in the show, in chunks when it has many sockets. Keeps the order among its own messages. */
  toShowInChunks<E extends ServerEventName>(showId: string, event: E, payload: ServerPayload<E>): void
  /** Sends the chunks that are still waiting now. */
  flush(): void
  /** Sends to these people in the show, once each. */
  toPeople<E extends ServerEventName>(
    showId: string,
    userIds: readonly string[],
    event: E,
    payload: ServerPayload<E>
  ): void
  /** Sends to one presence. */
  toPresence<E extends ServerEventName>(presenceId: string, event: E, payload: ServerPayload<E>): void
  /** Sends `event`, which says why, takes the presence out of its show and closes its socket. */
  endPresence<E extends ServerEventName>(presenceId: string, event: E, payload: ServerPayload<E>): void
  /** Takes all sockets out of a show that has ended; they stay connected. */
  endShow(showId: string): void
  /** Takes all sockets out of a show that this server gives up, and asks their clients to connect again. */
  drainShow(showId: string): void
}
