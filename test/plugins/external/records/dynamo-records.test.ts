import { randomBytes } from 'node:crypto'
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import t from 'tap'
import { RecordStoreUnavailable } from '../../../../plugins/external/records/record-store.ts'
import { findDynamoServer } from '../../../standins/dynamodb/server.ts'
import { startFaultProxy } from '../../../standins/fault-proxy.ts'
import { openStore, openStoreAndClient } from './dynamo-table.ts'
import { all, entry, entryKind, noteKind, note, numbers, openTables, sheetKind, type Sheet } from './record-suite.ts'

const endpoint = (await findDynamoServer(t)) ?? ''

t.test('records in DynamoDB', { skip: endpoint === '' }, async t => {
  await t.test('large records are stored in parts, which go with them', async t => {
    const { store, client, table } = await openStoreAndClient(t, endpoint)
    const { sheets } = await openTables(store)
    const partsOf = async (id: string) => {
      const { Count } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: `${sheetKind.name}/#parts#s${id}` } }
        })
      )
      return Count
    }
    // Random text does not become smaller.
    const large = (): Sheet => ({
      _id: 'large',
      names: [],
      parts: [{ name: randomBytes(1_000_000).toString('hex'), n: 1 }]
    })
    const first = large()
    await sheets.put({ ...first, parts: [{ name: null, n: 0 }], text: first.parts?.[0]?.name } as Sheet)
    t.match(await sheets.find('place', ['large']), { text: first.parts?.[0]?.name })
    t.equal(await partsOf('large'), 3)
    t.equal((await all(sheets.list('place', ['large']))).length, 1)
    t.equal(await sheets.changeEach('place', ['large'], sheet => ({ ...sheet, token: 5 })), 1)
    t.match(await sheets.find('place', ['large']), { token: 5, text: first.parts?.[0]?.name })
    t.equal(await partsOf('large'), 3, 'the parts of the earlier record are gone')
    await sheets.remove('place', ['large'])
    t.equal(await partsOf('large'), 0)
  })

  await t.test('a record with thousands of values in a list is found by each of them', async t => {
    const { sheets } = await openTables(await openStore(t, endpoint))
    const names = numbers(1, 1000).map(n => `user ${n}`)
    await sheets.put({ _id: 'crowd', token: 1, names })
    await sheets.put({ _id: 'crowd', token: 2, names: [...names.slice(500), 'late'] }, { unlessGreater: 'token' })
    const found = async (name: string) => (await all(sheets.list('byName', [name]))).length
    t.same(await Promise.all(['user 501', 'user 1000', 'late', 'user 500', 'user 1'].map(found)), [1, 1, 1, 0, 0])
    t.equal(await sheets.count('byName', ['user 1']), 0, 'no reference is left')
    await sheets.remove('byName', ['late'])
    t.equal(await sheets.find('place', ['crowd']), null)
    t.equal(await sheets.count('byName', ['user 600']), 0)
  })

  await t.test('a record counts as removed from its expiry on, although DynamoDB removes it later', async t => {
    let nowMs = Date.now()
    const { sheets } = await openTables(await openStore(t, endpoint, { nowMs: () => nowMs }))
    await sheets.append([{ _id: 'brief', names: ['ana'], expiresAt: new Date(nowMs + 60_000) }])
    t.equal(await sheets.count('byName', ['ana']), 1)
    nowMs += 120_000
    t.equal(await sheets.find('place', ['brief']), null)
    t.same(await sheets.findMany([['brief']]), [])
    t.same(await all(sheets.list('byName', ['ana'])), [])
    t.equal(await sheets.count('byName', ['ana']), 0)
    await sheets.append([{ _id: 'brief', names: ['ben'] }])
    t.match(await sheets.find('place', ['brief']), { names: ['ben'] }, 'its place is free')
  })

  await t.test('damaged records are named, and can be removed', async t => {
    const { store, client, table } = await openStoreAndClient(t, endpoint)
    const { entries } = await openTables(store)
    await entries.append(numbers(1, 3).map(seq => entry('old', seq, { type: 'said', userId: 'ana' })))
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `${entryKind.name}#sold` } }
      })
    )
    const damaged = { ...Items[1], data: { B: Buffer.from('damaged') } }
    await client.send(new PutItemCommand({ TableName: table, Item: damaged }))
    const decoded = await all(entries.listDecoded('ofPerson', ['ana']))
    t.equal(decoded.filter(each => 'record' in each).length, 2)
    t.equal(decoded.filter(each => 'error' in each).length, 1)
    await t.rejects(all(entries.list('place', ['old'])), 'other readers fail')
    await entries.remove('ofPerson', ['ana'])
    t.equal(await entries.count('place', ['old']), 0)
  })

  await t.test('a kind with other keys than those of its records is refused', async t => {
    const store = await openStore(t, endpoint)
    await store.open(noteKind)
    const { byKey, ...indexes } = noteKind.indexes
    await t.rejects(store.open({ ...noteKind, indexes }), /db:copy -- --records/)
    await store.open({ ...noteKind, indexes: { ...indexes, byKey } }).catch(() => t.fail('the order is no difference'))
  })

  await t.test('a server that does not answer is unavailable in bounded time, and back at once', async t => {
    const proxy = await startFaultProxy(t, Number(new URL(endpoint).port))
    const store = await openStore(t, `http://127.0.0.1:${proxy.port}`)
    const { notes } = await openTables(store)
    await proxy.cut()
    await t.rejects(notes.insertEach([note('cut', 1)]), RecordStoreUnavailable)
    await t.rejects(store.ping(), RecordStoreUnavailable)
    await proxy.restore()
    t.same(await notes.insertEach([note('cut', 1)]), [])
  })

  await t.test('commands are told: an append of 500 entries', async t => {
    const commands: string[] = []
    const onCommand = (command: string) => {
      commands.push(command)
      return () => {}
    }
    const { entries } = await openTables(await openStore(t, endpoint, { onCommand }))
    commands.length = 0
    const startMs = performance.now()
    await entries.append(numbers(1, 500).map(seq => entry('log', seq, { type: 'said' })))
    t.comment(`${Math.round(performance.now() - startMs)} ms`)
    // An entry and the reference of its type: fifty entries fit into one transaction.
    t.same(
      commands,
      Array.from({ length: 10 }, () => 'TransactWriteItems')
    )
  })
})
