import type { AmbientSocket } from './socket-data.ts'

/**
 * Closes a connection whose other end says that it is there and does not read: what it is told would be kept here without an end.
 * A ping comes after all that was sent before it. So whoever answers one that is still on its way out has not read it, and neither
 * has who answers one that was never sent, which would also put the next one off.
 */
export function closeUnlessItReads(connection: AmbientSocket['conn'], onClose: () => void = () => {}): void {
  /** How many writes have to be done until the ping is out; null when there is none to answer. */
  let writesLeft: number | null = null

  connection.on('packetCreate', ({ type }: { type: string }) => {
    // Behind a write that is under way there is one more, with all that waits.
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
