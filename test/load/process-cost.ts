import { readFile, readdir } from 'node:fs/promises'

/** Unit of CPU times in `/proc`: kernel clock ticks per second, 100 on every Linux that Node supports. */
const ticksPerSecond = 100

/** Returns the CPU time a process has used so far, user and system, µs. See proc(5). */
export async function cpuMicros(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond
}

/** Returns the resident memory of a process, KiB. */
export async function residentKib(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** Returns the pids of the child processes with this command name. */
export async function childrenOf(pid: number, name: string): Promise<number[]> {
  const found: number[] = []
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    if (parent === pid && stat.includes(`(${name.slice(0, 15)})`)) found.push(Number(entry))
  }
  return found
}
