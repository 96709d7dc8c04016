import { MongoClient, type Db } from 'mongodb'
import t from 'tap'
import { createEventLog, type EventLog } from '../../../../plugins/app/shows/event-log.ts'
import { startInterruptibleStore } from '../../../realtime/interruptible-store.ts'

const record = (seq: number) => ({ seq, at: 1000 + seq, event: { type: 'show:started' } as const })

function openLog(db: Db): EventLog {
  return createEventLog({ events: db.collection('showEvents'), snapshots: db.collection('showSnapshots') })
}

async function seqsOf(log: EventLog, showId: string, afterSeq = 0): Promise<number[]> {
  const seqs: number[] = []
  for await (const { seq } of log.read(showId, afterSeq)) seqs.push(seq)
  return seqs
}

const store = await startInterruptibleStore(t)
// The driver looks for a lost server every 500 ms unless told otherwise: too seldom for the timeout.
const client = await MongoClient.connect(store.url, { serverSelectionTimeoutMS: 300, minHeartbeatFrequencyMS: 50 })
t.teardown(async () => await client.close())
const log = openLog(client.db())

t.test('a writer may repeat an append; a database that is away is not taken for a repetition', async t => {
  const writer = log.openWriter('repeated')
  await writer.append([record(1)])
  await writer.append([record(1), record(2)])
  await store.disconnect()
  await t.rejects(writer.append([record(2), record(3)]), 'at once, on a broken connection')
  await t.rejects(writer.append([record(2), record(3)]), 'and where no server is found')
  await store.reconnect()
  await writer.append([record(2), record(3)])
  t.same(await seqsOf(log, 'repeated'), [1, 2, 3])
  t.same(await seqsOf(log, 'repeated', 2), [3])
})

t.test("another writer's slot is a conflict, and nothing behind it is written", async t => {
  const [first, second] = [log.openWriter('contested'), log.openWriter('contested')]
  await first.append([record(1), record(2)])
  await second.append([record(3)])
  await t.rejects(first.append([record(3), record(4)]), { name: 'LogConflict', showId: 'contested', seq: 3 })
  t.same(await seqsOf(log, 'contested'), [1, 2, 3])
  await t.rejects(second.append([record(2), record(4)]), { name: 'LogConflict', seq: 2 })
  t.same(await seqsOf(log, 'contested'), [1, 2, 3])
})

t.test('a record without a writer, from an earlier edition, belongs to another writer', async t => {
  await client
    .db()
    .collection<{ _id: string; showId: string }>('showEvents')
    .insertOne({ _id: 'old:1', showId: 'old', ...record(1) })
  await t.rejects(log.openWriter('old').append([record(1)]), { name: 'LogConflict', seq: 1 })
  await log.openWriter('old').append([record(2)])
  t.same(await seqsOf(log, 'old'), [1, 2])
})

t.test('a newer snapshot replaces an older one; it goes with its show and with the people in it', async t => {
  const writer = log.openWriter('snapped')
  t.equal(await log.findSnapshot('snapped'), null)
  await writer.storeSnapshot({ seq: 5, userIds: ['ana'], state: { n: 1 } })
  await writer.storeSnapshot({ seq: 9, userIds: ['ana', 'ben'], state: { n: 2 } })
  t.match(await log.findSnapshot('snapped'), { seq: 9, state: { n: 2 } })
  await log.removeSnapshotsOf('cem')
  t.match(await log.findSnapshot('snapped'), { seq: 9 })
  await log.removeSnapshotsOf('ben')
  t.equal(await log.findSnapshot('snapped'), null)
  await writer.storeSnapshot({ seq: 10, userIds: [], state: {} })
  await writer.append([record(1)])
  await log.removeOfShow('snapped')
  t.same([await log.findSnapshot('snapped'), await seqsOf(log, 'snapped')], [null, []])
})
