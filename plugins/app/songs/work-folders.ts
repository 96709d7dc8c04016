import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** Folders are named after who made them, since several servers may share a disk; in a container every process may have the same id. */
const host = hostname().replace(/[^A-Za-z0-9-]/g, '-')
const mine = `${host}.${process.pid}.${Math.round(performance.timeOrigin)}.`
const ofThisMachine = new RegExp(`^${host}\\.(\\d+)\\.`)

/** Opens the place where uploads are worked on, and removes what servers left there that have died. */
export async function openWorkFolders (root: string) {
  await mkdir(root, { recursive: true, mode: 0o700 })
  for (const name of await readdir(root)) {
    const pid = Number(ofThisMachine.exec(name)?.[1] ?? NaN)
    const isLeft = pid === process.pid ? !name.startsWith(mine) : isGone(pid)
    if (isLeft) await rm(join(root, name), { recursive: true, force: true })
  }

  return {
    /** Lends a folder of one's own, which is gone afterwards. */
    async lend<T> (use: (folder: string) => Promise<T>): Promise<T> {
      const folder = await mkdtemp(join(root, mine))
      try {
        return await use(folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }
  }
}

/** Whether there is no such process on this machine; of other machines' nothing is known. */
function isGone (pid: number): boolean {
  if (!Number.isInteger(pid)) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
