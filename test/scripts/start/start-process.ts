import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { until } from '../../until.ts'

const root = join(import.meta.dirname, '..', '..', '..')

/** `npm start` with flags, without npm. */
export interface StartProcess {
  readonly url: string
  readonly dataDir: string
  readonly readyAtMs: number
  /** The lines of standard output so far. */
  readonly lines: readonly string[]
  /** Sends a signal and waits for the exit. Returns the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Stops the process and removes its data. */
  close(): Promise<void>
}

/** Starts the server with flags and waits until it is ready. `dataDir`: data of an earlier start. */
export async function startWithFlags(
  args: readonly string[],
  settings: Record<string, string> = {},
  dataDir?: string
): Promise<StartProcess> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'ambient-start-')))
  const child = spawn(process.execPath, [join(root, 'scripts', 'start.ts'), ...args], {
    cwd: root,
    env: { ...process.env, PORT: '0', MEDIA_PORT: '0', LOG_LEVEL: 'error', DATA_DIR: folder, ...settings },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', line => lines.push(line))
  const findUrl = () => lines.flatMap(line => /^Ambient is ready at (\S+)$/.exec(line)?.[1] ?? [])[0]
  await until(() => findUrl() !== undefined || child.exitCode !== null)
  const url = findUrl()
  if (url === undefined) throw new Error(`the server exited before it was ready: ${lines.join('\n')}`)

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await once(child, 'exit')
    }
    return child.exitCode
  }
  return {
    url,
    dataDir: folder,
    readyAtMs: Date.now(),
    lines,
    stop,
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
}
