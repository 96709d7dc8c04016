import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Milliseconds that test files took, by name. */
export type Durations = Readonly<Record<string, number>>

/**
 * Reads the durations of earlier runs. Returns none when there is no readable file: they only decide the order of the
 * tests.
 */
export async function readDurations(file: string): Promise<Durations> {
  try {
    const saved: unknown = JSON.parse(await readFile(file, 'utf8'))
    return typeof saved === 'object' && saved !== null
      ? Object.fromEntries(Object.entries(saved).filter(([, ms]) => typeof ms === 'number'))
      : {}
  } catch {
    return {}
  }
}

/** Replaces the file at once, since several runs may share it. */
export async function saveDurations(file: string, durations: Durations): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, JSON.stringify(durations, null, 2))
  await rename(temporary, file)
}

/** Sorts jobs so that the slowest start first, after those without a known duration. */
export function slowestFirst<T extends { readonly name: string }>(jobs: readonly T[], durations: Durations): T[] {
  const known = ({ name }: T) => durations[name] ?? Number.MAX_SAFE_INTEGER
  return jobs.toSorted((one, other) => known(other) - known(one))
}

/** Returns a table of the slowest names, in seconds. */
export function slowestTable(durations: Durations, maxRows: number): string {
  const rows = Object.entries(durations)
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, maxRows)
    .map(([name, ms]) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${name}`)
  return ['Slowest:', ...rows].join('\n')
}
