import type { AmbientServer } from './session.ts'

/** How long a socket may take to read why it is closed. */
const patienceMs = 1000

/** Tells all sockets of a stopping server to come back elsewhere and closes them; resolves when no connection is left. */
export async function sayGoodbye (io: AmbientServer, reconnectAfterMs: number): Promise<void> {
  const closed = [...io.of('/').sockets.values()].map(async ({ conn }) => await new Promise<void>(resolve => { conn.once('close', () => resolve()) }))
  io.local.emit('session:drain', { reconnectAfterMs })
  io.local.disconnectSockets(true)
  await Promise.race([Promise.all(closed), new Promise(resolve => setTimeout(resolve, patienceMs).unref())])
  // Whoever is left does not read, or never was a socket.
  io.engine.close()
}
