import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { openSync, closeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { assertTookOverNothing, isThroughEdge, startEdgeParts } from './edge/edge-parts.ts'
import { storeSettings } from './store-settings.ts'

const ownFolder = join(import.meta.dirname, '..')

/** The real server in its own process with its own data folder. */
export interface ServerProcess {
  readonly url: string
  readonly pid: number
  /** The environment of the first start. */
  readonly env: Readonly<NodeJS.ProcessEnv>
  /** Sends a signal without waiting. */
  kill(signal: NodeJS.Signals): void
  /** Sends a signal and waits for the exit. Returns the exit code, or null when the signal killed the process. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Waits for the exit and returns the exit code, or null when a signal killed the process. */
  waitForExit(): Promise<number | null>
  /** Restarts the server on the same data and port, with optional further settings. */
  restart(further?: Record<string, string>): Promise<void>
  /** Stops the server and removes its data. */
  close(): Promise<void>
}

interface NodeOptions {
  logFile?: string
  folder?: string
}

/**
 * Starts the server with these environment variables. Appends its log to the file, or shows it when no file is given.
 * Through an edge, it consists of two processes. The process id, the environment and the exit code are those of the
 * home.
 * `folder` has the server's code: that of this project, or of another version.
 */
export async function startServer(
  settings: Record<string, string> = {},
  options: NodeOptions = {}
): Promise<ServerProcess> {
  const ownDir = await mkdtemp(join(tmpdir(), 'ambient-server-'))
  const dataDir = settings.DATA_DIR ?? ownDir
  const removeOwnDir = async () => await rm(ownDir, { recursive: true, force: true })
  if (!isThroughEdge || settings.REDIS_URL !== undefined) {
    return await startNode({ DATA_DIR: dataDir, ...storeSettings(dataDir), ...settings }, options, removeOwnDir)
  }
  const parts = await startEdgeParts(dataDir, settings)
  const home = await startNode(parts.settingsOf('home'), options)
  const edge = await startNode(parts.settingsOf('edge'), options)
  parts.proxy.aim({ sockets: edge.url, requests: home.url })
  /** Afterwards either node may be the home. */
  let isRestarted = false
  return {
    url: parts.url,
    env: home.env,
    get pid() {
      return home.pid
    },
    kill(signal) {
      edge.kill(signal)
      home.kill(signal)
    },
    async stop(signal) {
      const [code] = await Promise.all([home.stop(signal), edge.stop(signal)])
      return code
    },
    waitForExit: async () => await home.waitForExit(),
    async restart(further) {
      isRestarted = true
      await Promise.all([home.restart(further), edge.restart(further)])
    },
    async close() {
      if (!isRestarted) await assertTookOverNothing(edge.url)
      await edge.close()
      await home.close()
      await parts.close()
      await removeOwnDir()
    }
  }
}

async function startNode(
  settings: Record<string, string>,
  { logFile, folder = ownFolder }: NodeOptions,
  afterClose: () => Promise<void> = async () => {}
): Promise<ServerProcess> {
  // All tests share one address, so the default limits per address would reject their sign-ins.
  const env = {
    ...process.env,
    PORT: '0',
    MEDIA_PORT: '0',
    LOG_LEVEL: 'error',
    LIMIT_AUTH_PER_MINUTE: '100000',
    LIMIT_REST_PER_MINUTE: '100000',
    LIMIT_EDITS_PER_MINUTE: '100000',
    ...settings
  }
  let running = await launch(folder, env, logFile)

  async function waitForExit(): Promise<number | null> {
    const { child } = running
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return child.exitCode
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    running.child.kill(signal)
    return await waitForExit()
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
    waitForExit,
    kill: signal => {
      running.child.kill(signal)
    },
    async restart(further = {}) {
      const { port } = new URL(running.url)
      await stop()
      running = await launch(folder, { ...env, ...further, PORT: port }, logFile)
    },
    async close() {
      await stop()
      await afterClose()
    }
  }
}

async function launch(
  folder: string,
  env: NodeJS.ProcessEnv,
  logFile: string | undefined
): Promise<{ child: ChildProcess; url: string }> {
  const log = logFile === undefined ? ('inherit' as const) : openSync(logFile, 'a')
  const child = spawn(process.execPath, [join(folder, 'server.ts')], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', log]
  })
  const { stdout } = child
  if (log !== 'inherit') closeSync(log)
  for await (const line of createInterface({ input: stdout! })) {
    const url = /^Ambient is ready at (http:\S+)$/.exec(line)?.[1]
    if (url) {
      stdout!.resume()
      return { child, url }
    }
  }
  throw new Error('the server exited before it was ready; its log is above')
}
