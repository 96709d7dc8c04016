import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** The range is below the ephemeral ports, which another connection could take before the port is used. */
const firstPort = 20_000
const portCount = 10_000

/** Returns a port of 127.0.0.1 that is free for UDP and TCP, for a program that cannot report a port of its choice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + randomInt(portCount)
    const tcp = createServer()
    const udp = createSocket('udp4')
    try {
      await once(tcp.listen(port, '127.0.0.1'), 'listening')
      await once(udp.bind(port, '127.0.0.1'), 'listening')
      return port
    } catch {
      // The port is in use. The next round tries another one.
    } finally {
      await new Promise(resolve => tcp.close(resolve))
      udp.close()
    }
  }
}
