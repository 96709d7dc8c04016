import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a process says of itself: its memory after a collection, and its longest block since it was asked before. */
export interface Probing {
  blockedMs: number
  rssKib: number
  heapKib: number
}

/** How to load the probe into a process, and how to ask it. */
export async function createProbe(): Promise<{ env: Record<string, string>; ask(pid: number): Promise<Probing> }> {
  const file = join(await mkdtemp(join(tmpdir(), 'ambient-probe-')), 'lines')
  const lines = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(line => line !== '')

  return {
    env: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'probe.ts')}`, PROBE_FILE: file },
    async ask(pid) {
      const before = (await lines()).length
      process.kill(pid, 'SIGWINCH')
      for (;;) {
        await new Promise(resolve => setTimeout(resolve, 50))
        const line = (await lines())[before]
        if (line === undefined) continue
        // The probe begins anew a moment after it has spoken.
        await new Promise(resolve => setTimeout(resolve, 300))
        return JSON.parse(line)
      }
    }
  }
}
