import { readFile, readdir } from 'node:fs/promises'

/** Kernel clock ticks per second, as `/proc` counts CPU time; 100 on every Linux that Node runs on. */
const ticksPerSecond = 100

/** CPU time a process has used so far, in µs (user and system). See proc(5). */
export async function cpuMicros(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond
}

/** Resident memory of a process in KiB. */
export async function residentKib(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** The processes a process started whose command has this name. */
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
