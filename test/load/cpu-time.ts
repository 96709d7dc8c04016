import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * Returns the CPU time that the threads of a process have used so far, user and system, µs. The scheduler counts it in
 * nanoseconds, so short measurements are exact too.
 */
export async function cpuTimeMicros(pid: number): Promise<number> {
  const folder = `/proc/${pid}/task`
  const times = await Promise.all(
    (await readdir(folder)).map(async thread => {
      // A thread that has just ended has no file any more.
      const line = await readFile(`${folder}/${thread}/schedstat`, 'utf8').catch(() => '0')
      return Number(line.split(' ')[0]) / 1000
    })
  )
  return times.reduce((sum, micros) => sum + micros, 0)
}

/** Moves all threads of a process to one core of the machine. */
export async function pinToCore(pid: number, core: number): Promise<void> {
  await promisify(execFile)('taskset', ['-a', '-p', '-c', String(core), String(pid)])
}
