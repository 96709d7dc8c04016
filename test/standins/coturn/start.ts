import { execFile, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { freePort } from '../free-port.ts'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..', '..', '..')
const address = '127.0.0.1'

/** A running coturn (Debian's package) with the project's configuration, which relays to nodes on this machine. */
export interface Relay {
  /** The settings with which a server uses the relay. */
  readonly settings: { TURN_URLS: string; TURN_SECRET: string }
  readonly port: number
  /** Stops the relay and removes its folder. */
  close(): Promise<void>
}

/** Starts a relay. `nodes` are the addresses that it may relay to. `port` is a free port by default. */
export async function startRelay({
  nodes = [address],
  settings = {},
  port: givenPort
}: { nodes?: readonly string[]; settings?: Record<string, string>; port?: number } = {}): Promise<Relay> {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-coturn-'))
  const configuration = join(folder, 'turnserver.conf')
  const port = givenPort ?? (await freePort())
  const secret = 'only-for-tests-0123456789'
  await run(join(root, 'deploy', 'coturn', 'render.sh'), [configuration], {
    env: {
      ...process.env,
      TURN_SECRET: secret,
      COTURN_LISTEN: address,
      COTURN_PORT: String(port),
      COTURN_NODES: nodes.join(' '),
      ...settings
    }
  })
  // The nodes of tests are on loopback, which coturn refuses without this option, even when it is allowed.
  await appendFile(configuration, `allow-loopback-peers\nno-tls\nno-dtls\nuserdb=${join(folder, 'users')}\n`)
  const child = spawn('turnserver', ['-c', configuration, '--pidfile', join(folder, 'pid')], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const lines: string[] = []
  const ended = once(child, 'exit')
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => lines.push(line))
  }
  while (!(await isReady(port))) {
    if (child.exitCode !== null) {
      throw new Error(`coturn ended:\n${lines.join('\n')}\n${await readFile(configuration, 'utf8')}`)
    }
  }
  return {
    settings: {
      TURN_URLS: `turn:${address}:${port}?transport=udp,turn:${address}:${port}?transport=tcp`,
      TURN_SECRET: secret
    },
    port,
    async close() {
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    }
  }
}

/** Returns whether the relay answers a STUN binding request: https://www.rfc-editor.org/rfc/rfc8489#section-5 */
async function isReady(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  socket.send(Buffer.from('000100002112a442000102030405060708090a0b', 'hex'), port, address)
  const isAnswered = await new Promise<boolean>(resolve => {
    socket.once('message', () => resolve(true))
    setTimeout(() => resolve(false), 100)
  })
  socket.close()
  return isAnswered
}
