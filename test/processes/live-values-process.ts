import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const root = join(import.meta.dirname, '../..')

/** `npm run live-values` in its own process. */
export interface LiveValuesProcess {
  /** Address of its health port. */
  readonly url: string
  readonly pid: number
  /** Returns what it has logged. */
  log(): string
  /** Sends a signal and waits for the exit. Returns the exit code, or null when the signal killed the process. */
  stop(signal: NodeJS.Signals): Promise<number | null>
}

/** Starts a process with these settings and arguments. Rejects with what it wrote when it does not become ready. */
export async function startLiveValuesProcess(
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = []
): Promise<LiveValuesProcess> {
  const child = spawn(process.execPath, [join(root, 'processes/live-values.ts'), ...args], {
    // Nothing of this machine's settings.
    env: { PATH: process.env.PATH, LIVE_VALUES_PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const killChild = () => child.kill('SIGKILL')
  process.once('exit', killChild)
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => {
    process.off('exit', killChild)
    return code ?? null
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-100_000)
  })
  const url = await new Promise<string>((resolve, reject) => {
    ended.then(code => reject(new Error(`live-values exited with ${code}:\n${log}`)), reject)
    createInterface({ input: child.stdout }).on('line', line => {
      const [, found] = /ready at (\S+)/.exec(line) ?? []
      if (found !== undefined) resolve(found)
    })
  })
  return {
    url,
    pid: child.pid ?? 0,
    log: () => log,
    async stop(signal) {
      child.kill(signal)
      return await ended
    }
  }
}

/** Returns the value of a metric without labels, or with exactly these. */
export async function readMetric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find(candidate => candidate.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1))
}
