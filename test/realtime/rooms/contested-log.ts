import assert from 'node:assert/strict'
import fc from 'fast-check'
import { MongoBulkWriteError, type Collection } from 'mongodb'
import type { RoomRecord } from '../../../contract/room-events.ts'
import { createEventLog, type ShowEventDocument } from '../../../plugins/app/shows/event-log.ts'
import { createRoomWrites } from '../../../realtime/rooms/room-writes.ts'
import { standIn } from '../live/stand-in.ts'

const showId = 'show'

/** The property that `contestedLog` checks. */
export const contestedLogName = 'a log with two writers has one writer per slot, and holds every acknowledged record'

/**
 * How the database inserts several documents: in order up to the first that fails, as asked, or every document that it
 * can.
 */
export type InsertOrder = 'ordered' | 'unordered'

/** The numbers of records that a writer appends at a time. */
type Plan = readonly number[]

interface Contest {
  readonly plans: readonly [Plan, Plan]
  /** The inserts (by their number) that fail after the database has carried them out. */
  readonly failingAfter: readonly number[]
  /** The inserts (by their number) that fail after their first document. */
  readonly failingHalfway: readonly number[]
}

const plan = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 })
const insertNumbers = fc.array(fc.nat(8), { maxLength: 3 })
const contest: fc.Arbitrary<Contest> = fc.record({
  plans: fc.tuple(plan, plan),
  failingAfter: insertNumbers,
  failingHalfway: insertNumbers
})

/** The collection of a log's slots, in memory. Every insert of a document waits for the scheduler. */
class FakeEvents {
  readonly slots = new Map<string, ShowEventDocument>()
  readonly #order: InsertOrder
  readonly #contest: Contest
  readonly #pause: (label: string) => Promise<void>
  #inserts = 0

  constructor(order: InsertOrder, contest: Contest, pause: (label: string) => Promise<void>) {
    this.#order = order
    this.#contest = contest
    this.#pause = pause
  }

  async insertMany(documents: ShowEventDocument[], { ordered }: { ordered: boolean }): Promise<void> {
    const insert = this.#inserts++
    const isOrdered = ordered && this.#order === 'ordered'
    const taken: number[] = []
    for (const [index, document] of documents.entries()) {
      await this.#pause(`insert ${document._id}`)
      if (index > 0 && this.#contest.failingHalfway.includes(insert)) throw new Error('connection lost')
      if (!this.slots.has(document._id)) this.slots.set(document._id, document)
      else {
        taken.push(index)
        if (isOrdered) break
      }
    }
    await this.#pause('answer')
    if (this.#contest.failingAfter.includes(insert)) throw new Error('connection lost')
    if (taken.length > 0) {
      const writeErrors = taken.map(index => ({ code: 11000, index }))
      throw new MongoBulkWriteError({ message: 'duplicate key', writeErrors } as never, {} as never)
    }
  }

  find({ _id: { $in } }: { _id: { $in: string[] } }) {
    return {
      toArray: async () => {
        await this.#pause('read slots')
        return $in.flatMap(id => this.slots.get(id) ?? [])
      }
    }
  }
}

/** A record that names its writer. */
function recordOf(name: string, seq: number): RoomRecord {
  return { seq, at: seq, event: { type: 'show:changed', title: name, description: '' } }
}

/**
 * One opening of the room. It appends its records to the empty log and collects the numbers of the acknowledged ones.
 */
function startWriter(name: string, plan: Plan, log: ReturnType<typeof createEventLog>) {
  const writer = log.openWriter(showId)
  const acknowledged: number[] = []
  const silent = () => {}
  const writes = createRoomWrites({ logger: { warn: silent, error: silent } as never, onLost: silent, minRetryMs: 0 })
  let seq = 0
  const commands = plan.map(async count => {
    const records = Array.from({ length: count }, () => recordOf(name, ++seq))
    writes.add('events', async () => await writer.append(records))
    await writes.stored().then(
      () => acknowledged.push(...records.map(record => record.seq)),
      () => {}
    )
  })
  return { name, acknowledged, finished: Promise.all(commands) }
}

/**
 * Lets two rooms write the same log, with random pauses and failures of the database. The log holds every acknowledged
 * record, a slot has one writer, and a writer that lost a slot writes no later one.
 */
export function contestedLog(order: InsertOrder) {
  return fc.asyncProperty(fc.scheduler(), contest, async (scheduler, contest) => {
    const pause = async (label: string) => {
      await scheduler.schedule(Promise.resolve(), label)
    }
    const events = new FakeEvents(order, contest, pause)
    const log = createEventLog({ events: standIn<Collection<ShowEventDocument>>(events), snapshots: standIn({}) })
    const writers = contest.plans.map((plan, n) => startWriter(`writer ${n}`, plan, log))
    await scheduler.waitFor(Promise.all(writers.map(async ({ finished }) => await finished)))
    for (const { name, acknowledged } of writers) {
      for (const seq of acknowledged) assert.equal(writerOf(events, seq), name, `slot ${seq}, acknowledged to ${name}`)
      assertConsecutive(name, events)
    }
  })
}

function writerOf(events: FakeEvents, seq: number): string | undefined {
  const record = events.slots.get(`${showId}:${seq}`)
  return record?.event.type === 'show:changed' ? record.event.title : undefined
}

/** The slots of a writer are consecutive: after a lost slot it wrote no more. */
function assertConsecutive(name: string, events: FakeEvents): void {
  const seqs = [...events.slots.values()].map(({ seq }) => seq).sort((a, b) => a - b)
  const own = seqs.filter(seq => writerOf(events, seq) === name)
  assert.deepEqual(
    own,
    own.map((_, n) => own[0]! + n),
    `${name} wrote ${own.join(', ')}`
  )
}
