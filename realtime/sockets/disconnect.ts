import { reconnectAfterMs, type DrainTarget } from './drain.ts'
import type { AmbientServer, AmbientSocket } from './socket-data.ts'

/** The time for a client to read the reason before it is closed. */
const goodbyeTimeoutMs = 1000

function isOnStage({ data: { identity, membership } }: AmbientSocket): boolean {
  if (!membership) return false
  const { userId } = identity
  const { creatorId, cohostIds, stage } = membership.room.state.room
  return userId === creatorId || cohostIds.includes(userId) || stage.some(speaker => speaker.userId === userId)
}

/** Closes a socket and tells its client to connect again after this time, ms. */
export function sendAway(socket: AmbientSocket, reconnectAfterMs: number): void {
  socket.emit('session:drain', { reconnectAfterMs })
  socket.disconnect(true)
}

/** Sockets as targets of a drain. */
export function drainTargets(sockets: Iterable<AmbientSocket>): DrainTarget[] {
  return [...sockets].map(socket => ({
    isOnStage: isOnStage(socket),
    close: reconnectAfterMs => sendAway(socket, reconnectAfterMs)
  }))
}

/**
 * Asks all clients of a stopping server to reconnect and closes them at once; resolves when no connection is left.
 * After a drain hardly one is left; when the server stops for an error, all are.
 */
export async function disconnectAll(io: AmbientServer): Promise<void> {
  const sockets = [...io.of('/').sockets.values()]
  const closed = sockets.map(
    async ({ conn }) =>
      await new Promise<void>(resolve => {
        conn.once('close', () => resolve())
      })
  )
  for (const target of drainTargets(sockets)) target.close(reconnectAfterMs(target, sockets.length))
  await Promise.race([
    Promise.all(closed),
    new Promise(resolve => {
      setTimeout(resolve, goodbyeTimeoutMs).unref()
    })
  ])
  // Closes connections that do not read, or never became a socket.
  io.engine.close()
}
