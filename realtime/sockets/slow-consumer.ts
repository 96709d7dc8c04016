import type { AmbientSocket } from './socket-data.ts'

/**
 * Closes a connection whose client answers pings but does not read: otherwise everything sent to it would be kept here
 * without limit. A ping is sent after everything before it. A client that answers a ping that is still on its way out
 * has not read it. Neither has a client that answers a ping that was never sent, which would also postpone the next
 * one.
 */
export function closeSlowConsumer(connection: AmbientSocket['conn'], onClose: () => void = () => {}): void {
  /** Writes that must be done until the ping is out; null when there is no ping to answer. */
  let writesLeft: number | null = null

  connection.on('packetCreate', ({ type }: { type: string }) => {
    // While a write is running, one more follows it with everything that waits.
    if (type === 'ping') writesLeft = connection.transport.writable ? 1 : 2
  })
  connection.transport.on('drain', () => {
    if (writesLeft !== null && writesLeft > 0) writesLeft--
  })
  connection.on('heartbeat', () => {
    const hasRead = writesLeft === 0
    writesLeft = null
    if (hasRead) return
    onClose()
    connection.close(true)
  })
}
