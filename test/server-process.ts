import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync } from 'node:fs'
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
  /** The settings it was started with. */
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** Sends it a signal and goes on. */
  signal(signal: NodeJS.Signals): void
  /** Ends it with a signal and waits until it is gone; its exit code, null when the signal was the end of it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Waits until it is gone. */
  gone(): Promise<number | null>
  /** Starts it again on the same data and the same port, with further settings where they are given. */
  restart(further?: Record<string, string>): Promise<void>
  /** Stops it and removes its data. */
  close(): Promise<void>
}

/** Starts the server; settings are environment variables as in the contract. Its log is added to the file that is named, or shown. */
export async function startServer(
  settings: Record<string, string> = {},
  { logFile }: { logFile?: string } = {}
): Promise<ServerProcess> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ambient-server-'))
  // All tests come from one address, which is one newcomer too many for the limits a server has by default.
  const env = {
    ...process.env,
    PORT: '0',
    MEDIA_PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'error',
    LIMIT_AUTH_PER_MINUTE: '100000',
    LIMIT_REST_PER_MINUTE: '100000',
    ...storeOf(settings.DATA_DIR ?? dataDir),
    ...settings
  }
  let running = await launch(env, logFile)

  async function gone(): Promise<number | null> {
    const { child } = running
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    running.child.kill(signal)
    return await gone()
  }

  return {
    get url() {
      return running.url
    },
    env,
    get pid() {
      return running.child.pid ?? 0
    },
    stop,
    gone,
    signal: signal => {
      running.child.kill(signal)
    },
    async restart(further = {}) {
      const { port } = new URL(running.url)
      await stop()
      running = await launch({ ...env, ...further, PORT: port }, logFile)
    },
    async close() {
      await stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  }
}

async function launch(
  env: NodeJS.ProcessEnv,
  logFile: string | undefined
): Promise<{ child: ChildProcess; url: string }> {
  const log = logFile === undefined ? ('inherit' as const) : openSync(logFile, 'a')
  const child = spawn(process.execPath, [join(root, 'server.ts')], { env, stdio: ['ignore', 'pipe', log] })
  const { stdout } = child
  if (log !== 'inherit') closeSync(log)
  for await (const line of createInterface({ input: stdout! })) {
    const url = /^Ambient is ready at (http:\S+)$/.exec(line)?.[1]
    if (url) {
      stdout!.resume()
      return { child, url }
    }
  }
  throw new Error('the server ended before it was ready; what it said is above')
}
