import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below those that connections are given by themselves, which may take any of theirs before it is used. */
const firstPort = 20_000
const portsToTry = 10_000

/** A port of 127.0.0.1 that is free for UDP and for TCP, for a program that can't say which it took. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + randomInt(portsToTry)
    const tcp = createServer()
    const udp = createSocket('udp4')
    try {
      await once(tcp.listen(port, '127.0.0.1'), 'listening')
      await once(udp.bind(port, '127.0.0.1'), 'listening')
      return port
    } catch {
      // Somebody has it: another one.
    } finally {
      await new Promise(resolve => tcp.close(resolve))
      udp.close()
    }
  }
}
