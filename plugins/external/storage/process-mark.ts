import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Where process ids mean the same: this machine since it was booted, and within it this container. */
const world = createHash('sha256')
  .update(
    [
      hostname(),
      ofLinux(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
      ofLinux(() => readlinkSync('/proc/self/ns/pid'))
    ].join('\n')
  )
  .digest('hex')
  .slice(0, 16)
const ofThisWorld = new RegExp(`^${world}-(\\d+)-`)

/** What the names of unfinished things of this process begin with. */
export const processMark = `${world}-${process.pid}-${Math.round(performance.timeOrigin)}-`

/** Whether the process that named a thing so has surely ended. Of other machines' nothing is known. */
export function isLeftOver(name: string): boolean {
  const pid = Number(ofThisWorld.exec(name)?.[1] ?? NaN)
  if (pid === process.pid) return !name.startsWith(processMark)
  return Number.isInteger(pid) && isGone(pid)
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function ofLinux(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
