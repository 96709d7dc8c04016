import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { Exactly, Id } from '../../../contract/primitives.ts'
import { serverEvents, type ServerEventName, type ServerPayload } from '../../../contract/server-events.ts'
import { noFeed, type ClusterFeed } from '../operations/cluster-feed.ts'

/** Sends server events to a person wherever they are connected, in a show or not. `realtime/` implements it. */
export interface Notices {
  /** Sends the event to all sockets of a person, if there are any. */
  send<E extends ServerEventName>(userId: string, event: E, payload: ServerPayload<E>): void
}

/** The port as services see it. Events are dropped until it is bound. The feed carries them to the other nodes. */
export type NoticesPort = Notices & { bind(notices: Notices): void }

const Notice = Exactly({ userId: Id, event: Type.String({ maxLength: 100 }), payload: Type.Unknown() })

export function createNoticesPort(feed: ClusterFeed = noFeed): NoticesPort {
  let bound: Notices | undefined

  feed.on('notice', Notice, ({ userId, event, payload }) => {
    if (!isServerEvent(event)) return
    if (fits(event, payload)) bound?.send(userId, event, payload)
  })

  return {
    bind(notices) {
      bound = notices
    },
    send(userId, event, payload) {
      feed.publish('notice', { userId, event, payload })
      bound?.send(userId, event, payload)
    }
  }
}

const isServerEvent = (event: string): event is ServerEventName => Object.hasOwn(serverEvents, event)

function fits<E extends ServerEventName>(event: E, payload: unknown): payload is ServerPayload<E> {
  return Value.Check(serverEvents[event], payload)
}
