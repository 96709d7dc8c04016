import t from 'tap'
import { createDynamoReads } from '../../../../plugins/external/records/dynamo-reads.ts'
import type { DynamoRequests } from '../../../../plugins/external/records/dynamo-requests.ts'
import { createDynamoWrites } from '../../../../plugins/external/records/dynamo-writes.ts'
import { RecordStoreUnavailable } from '../../../../plugins/external/records/record-store.ts'

const kind = {
  name: 'notes',
  place: { partition: 'showId', order: ['n'] },
  indexes: { byId: { partition: '_id', order: [], unique: true } }
} as const

t.test('a large record whose parts cannot be read at the moment is not removed without its references', async t => {
  let commits = 0
  const requests: DynamoRequests = {
    table: 'test',
    writeEach: async () => {},
    async commit() {
      commits++
      return []
    },
    find: async () => undefined,
    async findMany() {
      throw new RecordStoreUnavailable(new Error('away'))
    },
    async *pages() {
      yield [{ pk: { S: 'notes#sshow' }, sk: { S: 'n1' }, rev: { S: 'revision' }, parts: { N: '2' } }]
    },
    count: async () => 0,
    async *scan() {}
  }
  const reads = createDynamoReads({ kind, requests, nowMs: Date.now })
  const writes = createDynamoWrites({ kind, requests, reads, nowMs: Date.now })
  await t.rejects(writes.remove('place', ['show']), { name: 'RecordStoreUnavailable' })
  t.equal(commits, 0)
})
