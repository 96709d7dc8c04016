import { MongoClient, type Db } from 'mongodb'
import t from 'tap'
import { collect } from '../../../../plugins/app/documents/collect.ts'
import { createEventLog, type EventLog } from '../../../../plugins/app/shows/event-log.ts'
import { openEventTables, type EventTables } from '../../../../plugins/app/shows/event-tables.ts'
import { logRecordsOf, type StoredRecord } from '../../../../plugins/app/shows/log-records.ts'
import { createMongoRecords } from '../../../../plugins/external/records/mongo-records.ts'
import { startInterruptibleStore } from '../../../realtime/interruptible-store.ts'

const record = (seq: number) => ({ seq, at: 1000 + seq, event: { type: 'show:started' } as const })

async function openLog(db: Db): Promise<EventLog> {
  return createEventLog(await openEventTables(createMongoRecords(db, 'test')))
}

async function recordsOf(log: EventLog, showId: string, afterSeq = 0): Promise<StoredRecord[]> {
  const records: StoredRecord[] = []
  for await (const record of log.read(showId, afterSeq)) records.push(record)
  return records
}

async function seqsOf(log: EventLog, showId: string, afterSeq = 0): Promise<number[]> {
  return (await recordsOf(log, showId, afterSeq)).map(({ seq }) => seq)
}

async function tokensOf(log: EventLog, showId: string): Promise<(number | undefined)[]> {
  return (await recordsOf(log, showId)).map(({ token }) => token)
}

const store = await startInterruptibleStore(t)
// The driver looks for a lost server every 500 ms unless told otherwise: too seldom for the timeout.
const client = await MongoClient.connect(store.url, { serverSelectionTimeoutMS: 300, minHeartbeatFrequencyMS: 50 })
t.teardown(async () => await client.close())
const log = await openLog(client.db())

t.test('a writer may repeat an append; a database that is away is not taken for a repetition', async t => {
  const writer = await log.take('repeated', 'one', 0, 1)
  await writer.append([record(2)])
  await writer.append([record(2), record(3)])
  await store.disconnect()
  await t.rejects(writer.append([record(3), record(4)]), 'at once, on a broken connection')
  await t.rejects(writer.append([record(3), record(4)]), 'and where no server is found')
  await t.rejects(writer.assertFree(4), { name: /Mongo/ }, 'nobody can say who is the home')
  await store.reconnect()
  await writer.append([record(3), record(4)])
  t.same(await seqsOf(log, 'repeated'), [1, 2, 3, 4])
  t.same(await seqsOf(log, 'repeated', 2), [3, 4])
  t.same(await tokensOf(log, 'repeated'), [1, 1, 1, 1])
})

t.test('a home that is taken behind what is stored ends the writes of the earlier one', async t => {
  const first = await log.take('contested', 'one', 0, 1)
  await first.append([record(2), record(3)])
  await first.assertFree(4)
  const second = await log.take('contested', 'two', 1, 7)
  t.equal(second.token, 4, 'behind records that it did not know')
  t.same((await recordsOf(log, 'contested', 3))[0], {
    seq: 4,
    at: 7,
    event: { type: 'home:taken', nodeId: 'two' },
    token: 4
  })
  await t.rejects(first.assertFree(4), { name: 'LogConflict', seq: 4 })
  await t.rejects(first.append([record(4), record(5)]), { name: 'LogConflict', showId: 'contested', seq: 4 })
  await second.append([record(5)])
  await second.assertFree(6)
  await second.assertFree(5)
})

t.test('one of two nodes that take a home at the same time follows the other', async t => {
  const writers = await Promise.all(['one', 'two', 'three'].map(async node => await log.take('rush', node, 0, 1)))
  t.same(writers.map(({ token }) => token).sort(), [1, 2, 3])
})

t.test('a record without a token, from an earlier build, belongs to another writer', async t => {
  const events = client.db().collection<{ _id: string; showId: string; writer?: string }>('showEvents')
  const writer = await log.take('old', 'one', 0, 1)
  await events.insertOne({ _id: 'old:2', showId: 'old', ...record(2), writer: '1f8b' })
  await t.rejects(writer.append([record(2)]), { name: 'LogConflict', seq: 2 })
  await t.rejects(writer.assertFree(2), { name: 'LogConflict', seq: 2 })
  t.same(await tokensOf(log, 'old'), [1, undefined])
  t.equal((await log.take('old', 'two', 1, 1)).token, 3)
})

t.test('the last record of a forwarded command says that the whole command is stored', async t => {
  const writer = await log.take('causes', 'one', 0, 1000)
  await writer.append([record(2), record(3)], { cause: 'node:1' })
  await writer.append([record(4)])
  await writer.append([record(5), record(6)], { cause: 'node:2' })
  const stored = await client.db().collection('showEvents').find({ showId: 'causes' }).sort({ seq: 1 }).toArray()
  const marks = stored.map(({ cause, last }) => [cause, last])
  const none = [undefined, undefined]
  t.same(marks, [none, ['node:1', undefined], ['node:1', true], none, ['node:2', undefined], ['node:2', true]])
  t.same([...(await log.recentCauses('causes', 0, 6))], ['node:2', 'node:1'])
  t.same([...(await log.recentCauses('causes', 0, 5))], ['node:1'], 'a command whose end was not stored')
  t.same([...(await log.recentCauses('causes', 1006, 6))], ['node:2'], 'of the last seconds')
})

t.test('records that a lost home could not store are recovered, once and up to the next home', async t => {
  const writer = await log.take('tail', 'one', 0, 1)
  await writer.append([record(2)])
  const command = { cause: 'node:1' }
  const sent = [record(2), record(3), record(4)].flatMap(sent => logRecordsOf([sent], writer.token, command))
  t.equal(await log.recover('tail', sent), 4)
  t.same((await recordsOf(log, 'tail')).at(-1), { ...record(4), token: 1 })
  t.same([...(await log.recentCauses('tail', 0, 9))], ['node:1'])
  t.equal(await log.recover('tail', sent), 4, 'again, by another node')
  t.equal(await log.recover('tail', logRecordsOf([record(6)], writer.token)), 4, 'behind a hole')
  t.equal((await log.take('tail', 'two', 2, 1)).token, 5)
  t.equal(await log.recover('tail', logRecordsOf([record(5), record(6)], writer.token)), 5, 'of a deposed home')
  t.same(await tokensOf(log, 'tail'), [1, 1, 1, 1, 5])
  t.equal(await log.recover('empty', sent), 0)
  await writer.append([record(3), record(4)])
  t.same(await tokensOf(log, 'tail'), [1, 1, 1, 1, 5], 'the lost home finds its own records')
})

t.test('while records are recovered another node may take the home', async t => {
  const writer = await log.take('race', 'one', 0, 1)
  const sent = logRecordsOf([record(2), record(3), record(4)], writer.token)
  const [recovered, next] = await Promise.all([log.recover('race', sent), log.take('race', 'two', 1, 1)])
  const tokens = await tokensOf(log, 'race')
  t.equal(recovered, next.token === 5 ? 4 : next.token - 1)
  t.same(tokens, [...Array.from({ length: next.token - 1 }, () => 1), next.token])
})

t.test('a snapshot of an earlier home does not replace that of a later one', async t => {
  const first = await log.take('snapshots', 'one', 0, 1)
  await client.db().collection<{ _id: string; seq: number }>('showSnapshots').insertOne({ _id: 'snapshots', seq: 1 })
  await first.storeSnapshot({ seq: 2, userIds: [], state: {} })
  const second = await log.take('snapshots', 'two', 1, 1)
  await second.storeSnapshot({ seq: 3, userIds: [], state: {} })
  await t.rejects(first.storeSnapshot({ seq: 2, userIds: [], state: {} }), { name: 'LogConflict' })
  t.match(await log.findSnapshot('snapshots'), { seq: 3 })
})

t.test('a newer snapshot replaces an older one; it goes with its show and with the people in it', async t => {
  const writer = await log.take('snapped', 'one', 0, 1)
  t.equal(await log.findSnapshot('snapped'), null)
  await writer.storeSnapshot({ seq: 5, userIds: ['ana'], state: { n: 1 } })
  await writer.storeSnapshot({ seq: 9, userIds: ['ana', 'ben'], state: { n: 2 } })
  t.match(await log.findSnapshot('snapped'), { seq: 9, state: { n: 2 } })
  await log.removeSnapshotsOf('cem')
  t.match(await log.findSnapshot('snapped'), { seq: 9 })
  await log.removeSnapshotsOf('ben')
  t.equal(await log.findSnapshot('snapped'), null)
  await writer.storeSnapshot({ seq: 10, userIds: [], state: {} })
  await writer.append([record(2)])
  await log.removeOfShow('snapped')
  t.same([await log.findSnapshot('snapped'), await seqsOf(log, 'snapped')], [null, []])
})

/** The records of one log, of which one appears only after some readings. */
function appearing(tables: EventTables, seq: number, readings: number): EventTables {
  const events: EventTables['events'] = {
    ...tables.events,
    async *list(...args) {
      const isMissing = readings-- > 0
      for await (const each of tables.events.list(...args)) if (!isMissing || each.seq !== seq) yield each
    }
  }
  return { ...tables, events }
}

t.test('a reader waits for a record that appears behind a later one', async t => {
  const tables = await openEventTables(createMongoRecords(client.db(), 'test'))
  const writer = await log.take('appearing', 'one', 0, 1)
  await writer.append([record(2), record(3), record(4)])
  const gaps: unknown[] = []
  const onGap = (...gap: unknown[]) => gaps.push(gap)
  t.same(await seqsOf(createEventLog({ ...appearing(tables, 3, 2), onGap }), 'appearing'), [1, 2, 3, 4])
  const limited = createEventLog({ ...appearing(tables, 2, 1), onGap }).read('appearing', 1, 2)
  t.same(
    (await collect(limited)).map(({ seq }) => seq),
    [2, 3],
    'no more than asked for'
  )
  t.same(gaps, [])
})

t.test('a record that stays missing blocks no reader, and is told once', async t => {
  const tables = await openEventTables(createMongoRecords(client.db(), 'test'))
  const writer = await log.take('gap', 'one', 0, 1)
  await writer.append([record(2), record(3)])
  const gaps: unknown[] = []
  const gapped = createEventLog({ ...appearing(tables, 2, Infinity), onGap: (...gap) => gaps.push(gap) })
  t.same(await seqsOf(gapped, 'gap'), [1, 3])
  t.same(await seqsOf(gapped, 'gap'), [1, 3])
  t.same(gaps, [['gap', 2]])
})
