import type { Redis } from 'ioredis'
import { findEpoch, keysOf, openEpoch, type TotalsEpoch } from './redis-epoch.ts'
import { noTotals, rebuildClaimMs, showTtlMs, TotalsEmptied, type Counter, type TotalsStore } from './totals.ts'

/** Totals in Redis, which all nodes and consumers share. `nowMs` is the time, ms since the epoch. */
export function createRedisTotals(redis: Redis, nowMs: () => number = Date.now): TotalsStore {
  let opening: Promise<TotalsEpoch> | undefined

  function open(): Promise<TotalsEpoch> {
    const current = (opening ??= openEpoch(redis, nowMs))
    current.catch(() => forget(current))
    return current
  }

  function forget(epoch: Promise<TotalsEpoch>): void {
    if (opening === epoch) opening = undefined
  }

  return {
    async fold(showId, records, gapRule) {
      const epoch = open()
      try {
        return await (await epoch).fold(showId, records, gapRule)
      } catch (error) {
        if (error instanceof TotalsEmptied) forget(epoch)
        throw error
      }
    },

    async claimRebuild() {
      const known = opening
      const found = await findEpoch(redis)
      if (known && (await known).id !== found) forget(known)
      const { id } = await open()
      return (await redis.set(keysOf(id).rebuild, 'claimed', 'PX', rebuildClaimMs, 'NX')) === 'OK'
    },
    async renewRebuild() {
      const { id } = await open()
      await redis.pexpire(keysOf(id).rebuild, rebuildClaimMs)
    },
    async finishRebuild() {
      const { id } = await open()
      await redis.set(keysOf(id).rebuild, 'done', 'PX', showTtlMs)
    },

    async findDay(day) {
      const epoch = await findEpoch(redis)
      if (epoch === undefined) return undefined
      const stored = await redis.hgetall(keysOf(epoch).day(day))
      const totals = noTotals()
      for (const counter of Object.keys(totals) as Counter[]) totals[counter] = Number(stored[counter] ?? 0)
      return totals
    },

    async findShow(showId) {
      const epoch = await findEpoch(redis)
      if (epoch === undefined) return undefined
      const keys = keysOf(epoch)
      const [status, peak] = await redis.hmget(keys.show(showId), 'status', 'peak')
      if (status !== 'live') return undefined
      return { listeners: await redis.scard(keys.present(showId)), peakListeners: Number(peak) }
    }
  }
}
