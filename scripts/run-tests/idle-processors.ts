import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

const sampleMs = 1000
/** With two processors, more than half of one. */
const minIdleShare = 0.3

/** Looks at the processors of this machine for a second. Returns whether another test finds time on them. */
export async function areProcessorsIdle(): Promise<boolean> {
  const before = readTimes()
  await pause(sampleMs)
  const after = readTimes()
  return after.idle - before.idle > minIdleShare * (after.total - before.total)
}

function readTimes(): { idle: number; total: number } {
  const times = cpus().map(({ times: { user, nice, sys, idle, irq } }) => ({
    idle,
    total: user + nice + sys + idle + irq
  }))
  const sumOf = (key: 'idle' | 'total') => times.reduce((sum, each) => sum + each[key], 0)
  return { idle: sumOf('idle'), total: sumOf('total') }
}
