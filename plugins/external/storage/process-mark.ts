import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** The scope within which process ids are comparable: this machine since its boot, and this container on it. */
const pidScope = createHash('sha256')
  .update(
    [
      hostname(),
      linuxOnly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
      linuxOnly(() => readlinkSync('/proc/self/ns/pid'))
    ].join('\n')
  )
  .digest('hex')
  .slice(0, 16)
const pidPattern = new RegExp(`^${pidScope}-(\\d+)-`)

/** Name prefix of the unfinished files and folders of this process. */
export const processMark = `${pidScope}-${process.pid}-${Math.round(performance.timeOrigin)}-`

/** Whether the process that created a name has certainly ended. Always false for names of other machines. */
export function isLeftover(name: string): boolean {
  const pid = Number(pidPattern.exec(name)?.[1] ?? NaN)
  if (pid === process.pid) return !name.startsWith(processMark)
  return Number.isInteger(pid) && hasEnded(pid)
}

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}

function linuxOnly(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
