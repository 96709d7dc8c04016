import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { storeOf } from './app-store.ts'

const root = join(import.meta.dirname, '..')

/** The real server in a process of its own, as an operator starts it, on a data folder of its own. */
export interface ServerProcess {
  readonly url: string
  readonly pid: number
  /** Ends it with a signal and waits until it is gone. */
  stop (signal?: NodeJS.Signals): Promise<void>
  /** Starts it again on the same data and the same port, with further settings where they are given. */
  restart (further?: Record<string, string>): Promise<void>
  /** Stops it and removes its data. */
  close (): Promise<void>
}

/** Starts the server; settings are environment variables as in the contract. */
export async function startServer (settings: Record<string, string> = {}): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ambient-server-'))
  // All tests come from one address, which is one newcomer too many for the limits a server has by default.
  const env = { ...process.env, PORT: '0', MEDIA_PORT: '0', DATA_DIR: dataDir, LOG_LEVEL: 'error', LIMIT_AUTH_PER_MINUTE: '100000', LIMIT_REST_PER_MINUTE: '100000', ...storeOf(settings.DATA_DIR ?? dataDir), ...settings }
  let running = await launch(env)

  async function stop (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { child } = running
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  return {
    get url () { return running.url },
    get pid () { return running.child.pid ?? 0 },
    stop,
    async restart (further = {}) {
      const { port } = new URL(running.url)
      await stop()
      running = await launch({ ...env, ...further, PORT: port })
    },
    async close () {
      await stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  }
}

async function launch (env: NodeJS.ProcessEnv): Promise<{ child: ChildProcess, url: string }> {
  const child = spawn(process.execPath, [join(root, 'server.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^Ambient is ready at (http:\S+)$/.exec(line)?.[1]
    if (url) {
      child.stdout.resume()
      return { child, url }
    }
  }
  throw new Error('the server ended before it was ready; what it said is above')
}
