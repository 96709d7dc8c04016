import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import { freePort } from '../free-port.ts'
import { createRestartable } from '../restartable.ts'

/** A real redis-server that a test can stop and start again. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Process id of the server. */
  readonly pid: number
  /** Kills the server. Without AOF, what it stored is lost. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Lets the server hang: it answers nothing, and its connections stay open. */
  pause(): void
}

export interface RedisServerOptions {
  /** Keeps what is stored over a restart, in an append-only file that is synced with every write. */
  aof?: boolean
  password?: string
  /** More arguments of redis-server. */
  args?: readonly string[]
}

/** Starts redis-server on a free port of 127.0.0.1, in a temporary folder, until the end of the test. */
export async function startRedis(t: Pick<Test, 'teardown'>, options: RedisServerOptions = {}): Promise<RedisServer> {
  const { aof = false, password, args = [] } = options
  const folder = await mkdtemp(join(tmpdir(), 'ambient-redis-'))
  const port = await freePort()
  const server = createRestartable(t, {
    folder,
    async untilReady(started) {
      await untilReady(started)
      started.stdout?.resume()
    },
    spawn: () =>
      spawn(
        'redis-server',
        [
          ...['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''],
          ...['--appendonly', aof ? 'yes' : 'no', '--appendfsync', 'always'],
          ...(password === undefined ? [] : ['--requirepass', password]),
          ...args
        ],
        { stdio: ['ignore', 'pipe', 'ignore'] }
      )
  })
  await server.start()
  return {
    url: `redis://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid
    },
    stop: server.stop,
    start: server.start,
    pause() {
      server.signal('SIGSTOP')
    }
  }
}

async function untilReady(server: ChildProcess): Promise<void> {
  const lines: string[] = []
  for await (const line of createInterface({ input: server.stdout! })) {
    lines.push(line)
    if (line.includes('Ready to accept connections')) return
  }
  throw new Error(`redis-server did not start:\n${lines.join('\n')}`)
}
