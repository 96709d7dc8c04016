import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import t from 'tap'
import { keyAttributes } from '../../../../plugins/external/records/dynamo-items.ts'
import { placeOf, referencesOf } from '../../../../plugins/external/records/dynamo-keys.ts'
import { createDynamoReads } from '../../../../plugins/external/records/dynamo-reads.ts'
import { createDynamoRequests } from '../../../../plugins/external/records/dynamo-requests.ts'
import { createDynamoWrites } from '../../../../plugins/external/records/dynamo-writes.ts'
import { findDynamoServer } from '../../../standins/dynamodb/server.ts'
import { openStoreAndClient } from './dynamo-table.ts'
import { all, numbers, sheetKind, type Sheet } from './record-suite.ts'

const endpoint = await findDynamoServer(t)

t.test('references that an interrupted write left', { skip: !endpoint }, async t => {
  const { store, client, table } = await openStoreAndClient(t, endpoint ?? '')
  const sheets = await store.open<Sheet, keyof typeof sheetKind.indexes>(sheetKind)

  /** Stores the references of a record without it. */
  async function leaveReferences(record: Sheet): Promise<void> {
    const { pk, sk } = placeOf(sheetKind, record)
    for (const key of referencesOf(sheetKind, record)) {
      const Item = { ...keyAttributes(key), placePk: { S: pk }, placeSk: { S: sk } }
      await client.send(new PutItemCommand({ TableName: table, Item }))
    }
  }

  /** Counts the items of a name, with those that find nothing. */
  async function itemsOf(name: string): Promise<number> {
    const [key] = referencesOf(sheetKind, { _id: 'any', names: [name] })
    const { Count } = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: key!.pk } }
      })
    )
    return Count ?? 0
  }

  await t.test('do not count, and go with the removal and the change of what the key finds', async t => {
    await sheets.append([
      { _id: 'whole', names: ['ann', 'bob', 'cleo'] },
      { _id: 'other', names: ['dora'] }
    ])
    await leaveReferences({ _id: 'lost', names: ['ann', 'bob'] })
    await leaveReferences({ _id: 'other', names: ['ann', 'bob'] })
    t.equal(await itemsOf('ann'), 3)
    t.equal(await sheets.count('byName', ['ann']), 1)
    await sheets.changeEach('byName', ['ann'], record => ({ ...record, token: 1 }))
    t.equal(await itemsOf('ann'), 1, 'only the one of the record is left')
    t.equal(await sheets.count('byName', ['ann']), 1)
    await sheets.remove('byName', ['bob'])
    t.equal(await itemsOf('bob'), 0)
    t.equal(await sheets.find('place', ['whole']), null)
    t.match(await sheets.find('place', ['other']), { names: ['dora'] }, 'a record of others stays')
  })

  await t.test('are stored again when somebody has removed them before the record was there', async t => {
    const requests = createDynamoRequests(client, table)
    const parts = { kind: sheetKind, nowMs: Date.now }
    const reads = createDynamoReads<Sheet>({ ...parts, requests })
    const { put } = createDynamoWrites<Sheet>({
      ...parts,
      reads,
      requests: {
        ...requests,
        async commit(actions) {
          t.equal(await itemsOf('eve'), 1, 'they are stored first: a transaction has no room for them')
          await sheets.remove('byName', ['eve'])
          t.equal(await itemsOf('eve'), 0)
          return await requests.commit(actions)
        }
      }
    })
    await put({ _id: 'wide', names: ['eve', ...numbers(1, 150).map(n => `wide${n}`)] })
    t.match(await all(sheets.list('byName', ['eve'])), [{ _id: 'wide' }])
  })

  await t.test('stay when the record is stored just then', async t => {
    const late: Sheet = { _id: 'late', names: ['fay'] }
    await leaveReferences(late)
    const requests = createDynamoRequests(client, table)
    const parts = { kind: sheetKind, nowMs: Date.now }
    const reads = createDynamoReads<Sheet>({ ...parts, requests })
    const { remove } = createDynamoWrites<Sheet>({
      ...parts,
      reads,
      requests: {
        ...requests,
        async commit(actions) {
          await sheets.put(late)
          return await requests.commit(actions)
        }
      }
    })
    await remove('byName', ['fay'])
    t.match(await all(sheets.list('byName', ['fay'])), [late])
  })
})
