import { MongoClient } from 'mongodb'
import t from 'tap'
import { createShowEvents } from '../../../../plugins/app/shows/show-events.ts'
import { startUnsteadyStore } from '../../../realtime/store-outage.ts'

t.test('an insert that fails because the database is away does not count as a repeat', async t => {
  const store = await startUnsteadyStore(t)
  // The driver looks for a lost server every 500 ms unless told otherwise: too seldom for the timeout.
  const client = await MongoClient.connect(store.url, { serverSelectionTimeoutMS: 300, minHeartbeatFrequencyMS: 50 })
  t.teardown(async () => await client.close())
  const events = await createShowEvents(client.db())
  const record = (seq: number) => ({ seq, at: 1, event: { type: 'show:started' } as const })
  await events.append('show', [record(1)])
  await events.append('show', [record(1), record(2)])

  await store.goAway()
  await t.rejects(events.append('show', [record(2), record(3)]), 'on a connection that breaks')
  await t.rejects(events.append('show', [record(2), record(3)]), 'when no server is found')
  await store.comeBack()
  await events.append('show', [record(2), record(3)])
  const stored = []
  for await (const { seq } of events.read('show')) stored.push(seq)
  t.same(stored, [1, 2, 3])
})
