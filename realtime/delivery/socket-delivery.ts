import type { ServerEventName, ServerPayload } from '../../contract/server-events.ts'
import { drainTargets } from '../sockets/disconnect.ts'
import { reconnectAfterMs } from '../sockets/drain.ts'
import type { AmbientServer, AmbientSocket } from '../sockets/socket-data.ts'
import { createChunkedBroadcast, eventPacket } from './chunked-broadcast.ts'
import type { Delivery } from './delivery.ts'

const showRoom = (showId: string) => `show:${showId}`
const personRoom = (showId: string, userId: string) => `show:${showId}:${userId}`
const presenceRoom = (presenceId: string) => `presence:${presenceId}`

/** Speaking levels are for display: a slow socket may miss some. */
const volatileEvents: ReadonlySet<ServerEventName> = new Set<ServerEventName>(['media:speaking'])

/** A show with at least this many sockets is served in chunks. */
const minChunkedSockets = 500

/** Puts a socket where the show's messages reach it. */
export function enterShow(socket: AmbientSocket, showId: string, userId: string, presenceId: string): void {
  socket.join([showRoom(showId), personRoom(showId, userId), presenceRoom(presenceId)])
}

/** Takes a socket out of its show. */
export function leaveShow(socket: AmbientSocket): void {
  for (const room of socket.rooms) if (room !== socket.id) socket.leave(room)
  socket.data.membership = null
}

/** Reaches people by Socket.io's rooms: one for a show, one for a person in it, one for a presence. */
export function createSocketDelivery(io: AmbientServer, minSockets = minChunkedSockets): Delivery {
  const socketsIn = (room: string): AmbientSocket[] => {
    const ids = io.of('/').adapter.rooms.get(room) ?? []
    return [...ids].flatMap(id => io.of('/').sockets.get(id) ?? [])
  }

  function emit<E extends ServerEventName>(rooms: string[], event: E, payload: ServerPayload<E>): void {
    // Socket.io sends to everybody when the list of rooms is empty.
    if (rooms.length === 0) return
    const target = io.local.to(rooms)
    const emitter: { emit(event: string, payload: unknown): unknown } = volatileEvents.has(event)
      ? target.volatile
      : target
    emitter.emit(event, payload)
  }

  const chunked = createChunkedBroadcast()

  return {
    toShow: (showId, event, payload) => emit([showRoom(showId)], event, payload),
    toShowInChunks(showId, event, payload) {
      const ids = io.of('/').adapter.rooms.get(showRoom(showId))
      if (!ids || ids.size < minSockets) return emit([showRoom(showId)], event, payload)
      const packet = eventPacket(event, payload)
      chunked.send([...ids], id => {
        const webSocket = io.of('/').sockets.get(id)?.data.webSocket
        // The socket may have left the show in the meantime.
        if (!ids.has(id)) return
        if (webSocket) webSocket.send(packet, { binary: false })
        else emit([id], event, payload)
      })
    },
    flush: chunked.flush,
    toPeople(showId, userIds, event, payload) {
      const rooms = userIds.map(userId => personRoom(showId, userId))
      emit(rooms, event, payload)
    },
    toPresence: (presenceId, event, payload) => emit([presenceRoom(presenceId)], event, payload),
    endPresence(presenceId, event, payload) {
      emit([presenceRoom(presenceId)], event, payload)
      for (const socket of socketsIn(presenceRoom(presenceId))) {
        leaveShow(socket)
        socket.disconnect(true)
      }
    },
    endShow(showId) {
      for (const socket of socketsIn(showRoom(showId))) leaveShow(socket)
    },
    drainShow(showId) {
      const sockets = socketsIn(showRoom(showId))
      const targets = drainTargets(sockets)
      for (const socket of sockets) leaveShow(socket)
      for (const target of targets) target.close(reconnectAfterMs(target, targets.length))
    }
  }
}
