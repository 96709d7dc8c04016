import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { RoomRecord } from '../../../contract/room-events.ts'
import { createEventLog, type EventLog, type LogWriter } from '../../../plugins/app/shows/event-log.ts'
import type { ShowEventTable } from '../../../plugins/app/shows/event-tables.ts'
import { logRecordsOf, type LogRecord, type ShowEventDocument } from '../../../plugins/app/shows/log-records.ts'
import { createRoomWrites } from '../../../realtime/rooms/room-writes.ts'
import { standIn } from '../live/stand-in.ts'
import { FakeEvents, type InsertFailures, type InsertOrder } from './fake-events.ts'

const showId = 'show'

/** The property that `contestedLog` checks. */
export const contestedLogName =
  'a log with two homes has one writer per slot, never returns to an earlier one, and holds every acknowledged record'

/** The numbers of records of a home's commands. */
type Plan = readonly number[]

interface Contest {
  /** For each of two nodes: what it does each time that it becomes the home. */
  readonly nodes: readonly [readonly Plan[], readonly Plan[]]
  readonly failures: InsertFailures
}

const plan = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 })
const insertNumbers = fc.array(fc.nat(8), { maxLength: 3 })
const contest: fc.Arbitrary<Contest> = fc.record({
  nodes: fc.tuple(fc.array(plan, { minLength: 1, maxLength: 2 }), fc.array(plan, { minLength: 1, maxLength: 2 })),
  failures: fc.record({ after: insertNumbers, halfway: insertNumbers })
})

/** The traces of a contest besides the log. */
interface Outcome {
  /** Everything that homes sent to other nodes, in order, also what they could not store. */
  readonly sent: LogRecord[]
  readonly acknowledged: LogRecord[]
  /** The logs as the homes read them, each up to its fence record. */
  readonly loaded: { readonly token: number; readonly records: readonly Pick<LogRecord, 'seq' | 'event'>[] }[]
}

/** A record whose text no other command has. */
function recordOf(command: string, seq: number): RoomRecord {
  return { seq, at: seq, event: { type: 'show:changed', title: command, description: '' } }
}

/** Repeats what the database refused for a moment. */
async function retried<T>(task: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await task()
    } catch (error) {
      if (!String(error).includes('connection lost')) throw error
    }
  }
}

async function readAll(log: EventLog, endSeq: number): Promise<Pick<LogRecord, 'seq' | 'event'>[]> {
  const records: Pick<LogRecord, 'seq' | 'event'>[] = []
  for await (const record of log.read(showId, 0)) if (record.seq <= endSeq) records.push(record)
  return records
}

/** Becomes the home as a node does: recovers what the last home sent, fences, and reads up to the fence record. */
async function takeHome(node: string, log: EventLog, { sent, loaded }: Outcome): Promise<LogWriter> {
  await retried(async () => await log.recover(showId, [...sent]))
  const before = await readAll(log, Infinity)
  const writer = await retried(async () => await log.take(showId, node, before.at(-1)?.seq ?? 0, 1))
  loaded.push({ token: writer.token, records: await readAll(log, writer.token) })
  return writer
}

/** Is the home once: sends and appends the records of its commands. Resolves when they are stored or refused. */
async function serve(name: string, plan: Plan, writer: LogWriter, { sent, acknowledged }: Outcome): Promise<void> {
  const silent = () => {}
  const writes = createRoomWrites({ logger: { warn: silent, error: silent } as never, onLost: silent, minRetryMs: 0 })
  let seq = writer.token
  await Promise.all(
    plan.map(async (count, n) => {
      const cause = `${name}:${n}`
      const records = Array.from({ length: count }, () => recordOf(cause, ++seq))
      const logged = logRecordsOf(records, writer.token, { cause })
      sent.push(...logged)
      writes.add('events', async () => await writer.append(records, { cause }))
      await writes.stored().then(
        () => acknowledged.push(...logged),
        () => {}
      )
    })
  )
}

/**
 * Lets two nodes be the home of one show, by turns and at the same time, with random pauses and failures of the
 * database. The log holds every acknowledged record, a slot has one writer, and no writer comes back behind another.
 */
export function contestedLog(order: InsertOrder) {
  return fc.asyncProperty(fc.scheduler(), contest, async (scheduler, { nodes, failures }) => {
    const events = new FakeEvents(order, failures, async label => {
      await scheduler.schedule(Promise.resolve(), label)
    })
    const log = createEventLog({ events: standIn<ShowEventTable>(events), snapshots: standIn({}) })
    const outcome: Outcome = { sent: [], acknowledged: [], loaded: [] }
    const finished = nodes.map(async (plans, node) => {
      for (const [n, plan] of plans.entries()) {
        const name = `node ${node}.${n}`
        await serve(name, plan, await takeHome(name, log, outcome), outcome)
      }
    })
    await scheduler.waitFor(Promise.all(finished))
    check(events.stored(), outcome)
  })
}

function check(stored: readonly ShowEventDocument[], { sent, acknowledged, loaded }: Outcome): void {
  assert.deepEqual(
    stored.map(({ seq }) => seq),
    stored.map((_, index) => index + 1),
    'the log has a hole'
  )
  for (const [index, { seq, token, event, cause, last }] of stored.entries()) {
    const slot = `slot ${seq}`
    assert.ok((token ?? 0) >= (stored[index - 1]?.token ?? 0), `${slot}: an earlier home wrote behind a later one`)
    if (event.type === 'home:taken') assert.equal(token, seq, `${slot}: its fence record`)
    else assert.deepEqual({ seq, at: seq, token, event, cause, ...(last && { last }) }, sentAs(sent, seq, token), slot)
  }
  for (const { seq, token } of acknowledged) {
    assert.equal(stored[seq - 1]?.token, token, `slot ${seq}, acknowledged by the home ${token}`)
  }
  for (const { token, records } of loaded) {
    assert.deepEqual(
      records.map(({ seq, event }) => ({ seq, event })),
      stored.slice(0, token).map(({ seq, event }) => ({ seq, event })),
      `what the home ${token} read`
    )
  }
}

function sentAs(sent: readonly LogRecord[], seq: number, token: number | undefined): LogRecord | undefined {
  return sent.find(record => record.seq === seq && record.token === token)
}
