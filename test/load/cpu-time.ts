import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * Returns the CPU time that the threads of a process have used so far, user and system, µs. The scheduler counts it in
 * nanoseconds, so short measurements are exact too.
 */
export async function cpuTimeMicros(pid: number): Promise<number> {
  const folder = `/proc/${pid}/task`
  const threads = await readdir(folder).catch(() => [])
  const times = await Promise.all(
    threads.map(async thread => {
      // A thread that has just ended has no file any more.
      const line = await readFile(`${folder}/${thread}/schedstat`, 'utf8').catch(() => '0')
      return Number(line.split(' ')[0]) / 1000
    })
  )
  return times.reduce((sum, micros) => sum + micros, 0)
}

/** Returns the CPU time of a process and all its descendants, µs. Those that have ended are not counted. */
export async function cpuTimeOfTree(root: number): Promise<number> {
  const times = await Promise.all((await treeOf(root)).map(cpuTimeMicros))
  return times.reduce((sum, micros) => sum + micros, 0)
}

/** Returns the pids of a process and its descendants. */
export async function treeOf(root: number): Promise<number[]> {
  const children = new Map<number, number[]>()
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
  }
  const found = [root]
  for (const pid of found) found.push(...(children.get(pid) ?? []))
  return found
}

/** Moves all threads of a process to one core of the machine. */
export async function pinToCore(pid: number, core: number): Promise<void> {
  await promisify(execFile)('taskset', ['-a', '-p', '-c', String(core), String(pid)])
}
