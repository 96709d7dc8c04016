import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Memory of a process after a garbage collection, and its longest block since the last report. */
export interface ProbeReport {
  blockedMs: number
  rssKib: number
  heapKib: number
}

/** The environment that loads the probe into a process, and the way to ask it for a report. */
export interface Probe {
  env: Record<string, string>
  report(pid: number): Promise<ProbeReport>
}

export async function createProbe(): Promise<Probe> {
  const file = join(await mkdtemp(join(tmpdir(), 'ambient-probe-')), 'lines')
  const readLines = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(line => line !== '')

  return {
    env: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'probe.ts')}`, PROBE_FILE: file },
    async report(pid) {
      const before = (await readLines()).length
      process.kill(pid, 'SIGWINCH')
      for (;;) {
        await sleep(50)
        const line = (await readLines())[before]
        if (line === undefined) continue
        // The probe resets its measurement a moment after the report.
        await sleep(300)
        return JSON.parse(line)
      }
    }
  }
}
