import { randomUUID } from 'node:crypto'
import type { Redis, Result } from 'ioredis'
import type { SequenceStream } from '../../../contract/event-sequence.ts'
import type { SequenceRecord } from '../event-sequence/sequence-record.ts'
import { changesOf } from './changes.ts'
import { epochScript, foldScript, offsetScript } from './fold-script.ts'
import {
  dayMs,
  dayOf,
  endedAudienceTtlMs,
  endedTtlMs,
  isCounted,
  pastDays,
  showTtlMs,
  TotalsEmptied,
  type Folded,
  type Gap,
  type GapRule
} from './totals.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    foldTotals(keyCount: number, ...keysAndArguments: (string | number)[]): Result<unknown, Context>
    storeTotalsOffset(keyCount: 2, ...keysAndArguments: (string | number)[]): Result<unknown, Context>
    openTotalsEpoch(keyCount: 1, key: string, epoch: string): Result<unknown, Context>
  }
}

/** The hash tag puts all keys of the totals into one slot, as the script needs. */
const prefix = 'amb:{totals}:'
const epochKey = `${prefix}epoch`
const scanCount = 500
const maxAside = 100

/** Names of the keys of an epoch. */
export function keysOf(epoch: string) {
  const ofEpoch = `${prefix}${epoch}:`
  return {
    all: `${ofEpoch}*`,
    show: (showId: string) => `${ofEpoch}show:${showId}`,
    present: (showId: string) => `${ofEpoch}present:${showId}`,
    before: (showId: string) => `${ofEpoch}before:${showId}`,
    day: (day: number) => `${ofEpoch}day:${day}`,
    /** Hash of the offset behind the last folded message, by `topic:partition`. */
    offsets: `${ofEpoch}offsets`,
    rebuild: `${ofEpoch}rebuild`,
    /** List of the places of the last messages that were set aside, newest first. */
    aside: `${ofEpoch}aside`
  }
}

/**
 * Totals in Redis from one emptying to the next. Whoever folds in an epoch that is over changes nothing, and learns of
 * it. So no process continues in emptied totals from a position that belongs to earlier ones.
 */
export interface TotalsEpoch {
  readonly id: string
  /**
   * Folds records of one show; those of a stream are in order.
   * @throws TotalsEmptied
   */
  fold(showId: string, records: readonly SequenceRecord[], gapRule: GapRule): Promise<Folded>
  /** Returns the stored offsets, by `topic:partition`. */
  readOffsets(): Promise<ReadonlyMap<string, bigint>>
  /**
   * Stores the offset behind the last folded message of a partition.
   * @throws TotalsEmptied
   */
  storeOffset(topic: string, partition: number, offset: bigint): Promise<void>
  /** Remembers the place of a message that cannot be read, among the last 100. */
  setAside(topic: string, partition: number, offset: bigint): Promise<void>
  /** @throws TotalsEmptied when this epoch is over */
  check(): Promise<void>
}

/** Returns the id of the epoch; undefined while the totals are empty. */
export async function findEpoch(redis: Redis): Promise<string | undefined> {
  return (await redis.get(epochKey)) ?? undefined
}

/** Opens the epoch of a Redis, and begins one if it is empty. `nowMs` is the time, ms since the epoch of Unix. */
export async function openEpoch(redis: Redis, nowMs: () => number): Promise<TotalsEpoch> {
  defineScripts(redis)
  const id = String(await redis.openTotalsEpoch(1, epochKey, randomUUID()))
  const keys = keysOf(id)

  async function fold(showId: string, records: readonly SequenceRecord[], gapRule: GapRule): Promise<Folded> {
    const now = nowMs()
    const days = [...new Set(records.map(({ at }) => dayOf(at)))].filter(day => isCounted(day, now))
    const entries = records.map(record => ({
      stream: record.stream,
      seq: record.seq,
      day: days.indexOf(dayOf(record.at)) + 1,
      changes: changesOf(record)
    }))
    const names = [epochKey, keys.show(showId), keys.present(showId), keys.before(showId), ...days.map(keys.day)]
    return foldedOf(
      await redis.foldTotals(
        names.length,
        ...names,
        ...[id, gapRule === 'stop' ? 1 : 0, JSON.stringify(entries)],
        ...[showTtlMs, endedTtlMs, endedAudienceTtlMs],
        ...days.map(day => (day + 1 + pastDays) * dayMs)
      )
    )
  }

  return {
    id,
    fold,
    async readOffsets() {
      const stored = Object.entries(await redis.hgetall(keys.offsets))
      return new Map(stored.flatMap(([place, offset]) => (/^\d+$/.test(offset) ? [[place, BigInt(offset)]] : [])))
    },
    async storeOffset(topic, partition, offset) {
      const names = [epochKey, keys.offsets]
      const stored = await redis.storeTotalsOffset(2, ...names, id, `${topic}:${partition}`, String(offset))
      if (stored !== 1) throw new TotalsEmptied()
    },
    async setAside(topic, partition, offset) {
      const place = JSON.stringify({ topic, partition, offset: String(offset) })
      const list = redis
        .multi()
        .lpush(keys.aside, place)
        .ltrim(keys.aside, 0, maxAside - 1)
      await list.pexpire(keys.aside, showTtlMs).exec()
    },
    async check() {
      if ((await findEpoch(redis)) !== id) throw new TotalsEmptied()
    }
  }
}

/** Begins a new epoch, in which everything has to be folded again, and removes what belongs to earlier ones. */
export async function beginEpoch(redis: Redis): Promise<void> {
  const ended = await findEpoch(redis)
  await redis.set(epochKey, randomUUID())
  if (ended === undefined) return
  for await (const found of redis.scanStream({ match: keysOf(ended).all, count: scanCount })) {
    const names: string[] = found
    if (names.length > 0) await redis.unlink(...names)
  }
}

/** The scripts are sent by their hash, and with their text only to a Redis that does not have them. */
function defineScripts(redis: Redis): void {
  redis.defineCommand('foldTotals', { lua: foldScript })
  redis.defineCommand('storeTotalsOffset', { lua: offsetScript })
  redis.defineCommand('openTotalsEpoch', { lua: epochScript })
}

/** @throws TotalsEmptied */
function foldedOf(answer: unknown): Folded {
  const [folded, ...rest] = Array.isArray(answer) ? answer : []
  if (typeof folded !== 'number') throw new Error('redis answered the fold with something else')
  if (folded < 0) throw new TotalsEmptied()
  const gaps: Gap[] = []
  for (let i = 0; i < rest.length; i += 3) {
    const stream: SequenceStream = rest[i] === 'log' ? 'log' : 'audience'
    gaps.push({ stream, afterSeq: Number(rest[i + 1]), beforeSeq: Number(rest[i + 2]) })
  }
  return { folded, gaps }
}
