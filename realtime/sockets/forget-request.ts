import type { AmbientSocket } from './socket-data.ts'

/**
 * Drops the upgrade request of a connection. It takes as much memory as everything else kept for the connection, and is
 * not used again. https://socket.io/docs/v4/memory-usage/
 */
export function forgetRequest({ conn }: AmbientSocket): void {
  Object.assign(conn, { request: null })
}
