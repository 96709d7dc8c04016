import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'
import { createCrowd, eventPacket } from './chunked-broadcast.ts'
import type { Delivery } from './delivery.ts'
import type { AmbientServer, AmbientSocket } from '../sockets/socket-data.ts'

const showRoom = (showId: string) => `show:${showId}`
const personRoom = (showId: string, userId: string) => `show:${showId}:${userId}`
const sessionRoom = (sessionId: string) => `session:${sessionId}`

/** Speaking levels are for display: a slow socket may miss some. */
const mayBeMissed: ReadonlySet<ServerEventName> = new Set<ServerEventName>(['media:speaking'])

/** From so many people on, a show is told little by little. */
const crowdSize = 500

/** Puts a socket where the show's messages reach it. */
export function seat(socket: AmbientSocket, showId: string, userId: string, sessionId: string): void {
  socket.join([showRoom(showId), personRoom(showId, userId), sessionRoom(sessionId)])
}

/** Takes a socket out of its show. */
export function unseat(socket: AmbientSocket): void {
  for (const room of socket.rooms) if (room !== socket.id) socket.leave(room)
  socket.data.membership = null
}

/** Reaches people by Socket.io's rooms: one for a show, one for a person in it, one for a session. */
export function createSocketDelivery(io: AmbientServer, leastCrowd = crowdSize): Delivery {
  const socketsIn = (room: string): AmbientSocket[] => {
    const ids = io.of('/').adapter.rooms.get(room) ?? []
    return [...ids].flatMap(id => io.of('/').sockets.get(id) ?? [])
  }

  function emit<E extends ServerEventName>(rooms: string[], event: E, payload: ServerPayload<E>): void {
    // To Socket.io no room means everybody.
    if (rooms.length === 0) return
    const target = io.local.to(rooms)
    const emitter: { emit(event: string, payload: unknown): unknown } = mayBeMissed.has(event)
      ? target.volatile
      : target
    emitter.emit(event, payload)
  }

  const crowd = createCrowd()

  return {
    toShow: (showId, event, payload) => emit([showRoom(showId)], event, payload),
    toCrowd(showId, event, payload) {
      const ids = io.of('/').adapter.rooms.get(showRoom(showId))
      if (!ids || ids.size < leastCrowd) return emit([showRoom(showId)], event, payload)
      const packet = eventPacket(event, payload)
      crowd.tell([...ids], id => {
        const wire = io.of('/').sockets.get(id)?.data.wire
        if (!ids.has(id)) return
        if (wire) wire.send(packet, { binary: false })
        else emit([id], event, payload)
      })
    },
    settle: crowd.settle,
    toPeople: (showId, userIds, event, payload) =>
      emit(
        userIds.map(userId => personRoom(showId, userId)),
        event,
        payload
      ),
    toSession: (sessionId, event, payload) => emit([sessionRoom(sessionId)], event, payload),
    endSession(sessionId, event, payload) {
      emit([sessionRoom(sessionId)], event, payload)
      for (const socket of socketsIn(sessionRoom(sessionId))) {
        unseat(socket)
        socket.disconnect(true)
      }
    },
    dismiss(showId) {
      for (const socket of socketsIn(showRoom(showId))) unseat(socket)
    }
  }
}
