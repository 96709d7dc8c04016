import { comeBackAfterMs, type Leaver } from './drain.ts'
import type { AmbientServer, AmbientSocket } from './socket-data.ts'

/** How long a socket may take to read why it is closed. */
const patienceMs = 1000

function goodbye(socket: AmbientSocket, reconnectAfterMs: number): void {
  socket.emit('session:drain', { reconnectAfterMs })
  socket.disconnect(true)
}

function isOnStage({
  data: {
    identity: { userId },
    membership
  }
}: AmbientSocket): boolean {
  if (!membership) return false
  const { creatorId, cohostIds, stage } = membership.room.house.room
  return userId === creatorId || cohostIds.includes(userId) || stage.some(speaker => speaker.userId === userId)
}

/** All sockets of a server, as they are sent away. */
export function leaversOf(io: AmbientServer): Leaver[] {
  return [...io.of('/').sockets.values()].map(socket => ({
    isOnStage: isOnStage(socket),
    sendAway: reconnectAfterMs => goodbye(socket, reconnectAfterMs)
  }))
}

/**
 * Tells all sockets of a stopping server to come back and closes them at once; resolves when no connection is left. After a drain
 * there is hardly one; without it, as when the server stops for an error, there are all.
 */
export async function sayGoodbye(io: AmbientServer): Promise<void> {
  const sockets = [...io.of('/').sockets.values()]
  const closed = sockets.map(
    async ({ conn }) =>
      await new Promise<void>(resolve => {
        conn.once('close', () => resolve())
      })
  )
  for (const leaver of leaversOf(io)) leaver.sendAway(comeBackAfterMs(leaver, sockets.length))
  await Promise.race([Promise.all(closed), new Promise(resolve => setTimeout(resolve, patienceMs).unref())])
  // Whoever is left does not read, or never was a socket.
  io.engine.close()
}
