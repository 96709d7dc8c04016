import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { deserialize, serialize, type Document } from 'bson'
import t, { type Test } from 'tap'
import { prepareCommand } from '../commands/dispatch.ts'
import { Catalog } from '../store/catalog.ts'
import { openDatabase } from '../store/database.ts'
import { removeExpired } from '../store/expire.ts'
import { Store } from '../store/store.ts'
import { GroupCommit } from '../wire/group-commit.ts'

/** A store that counts its commits, and can behave as if the disk were full. */
class CountingStore extends Store {
  readonly db: DatabaseSync
  commits = 0
  isDiskFull = false

  constructor(db: DatabaseSync) {
    super(db)
    this.db = db
  }

  override commit(): void {
    if (this.isDiskFull) {
      this.rollback()
      throw new Error('no space')
    }
    super.commit()
    this.commits++
  }
}

async function openStore(t: Test): Promise<CountingStore> {
  const folder = await mkdtemp(join(tmpdir(), 'store-test-'))
  const store = new CountingStore(openDatabase(folder))
  t.teardown(async () => {
    store.close()
    await rm(folder, { recursive: true, force: true })
  })
  return store
}

/** Returns a function that sends commands, each on a new connection unless it is given one. */
function sender(store: Store) {
  const internalErrors: unknown[] = []
  const group = new GroupCommit(store, error => internalErrors.push(error))
  const send = (command: Document, connection: object = {}) =>
    new Promise<Document>(resolve => {
      const body = Buffer.from(serialize({ ...command, $db: 'x' }))
      const prepared = prepareCommand(
        store,
        { requestId: 1, isLegacy: false, body, sequences: new Map(), isSilent: false },
        error => internalErrors.push(error)
      )
      group.add({ connection, command: prepared, reply: document => resolve(deserialize(document)) })
    })
  return { send, internalErrors }
}

t.test('commands that arrive together share one commit, and a failing one undoes no other', async t => {
  const store = await openStore(t)
  const { send } = sender(store)
  await send({ createIndexes: 'c', indexes: [{ key: { n: 1 }, name: 'n', unique: true }] })
  store.commits = 0
  const results = await Promise.all([
    send({ insert: 'c', documents: [{ _id: 1, n: 1 }] }),
    send({ insert: 'c', documents: [{ _id: 2, n: 1 }] }),
    send({ findAndModify: 'c', query: { _id: 1 }, update: { $nonsense: 1 } }),
    send({
      createIndexes: 'c',
      indexes: [
        { key: { a: 1 }, name: 'a' },
        { key: { a: 'text' }, name: 'b' }
      ]
    }),
    send({ insert: 'c', documents: [{ _id: 3, n: 3 }] }),
    send({ insert: 'other', documents: [{ _id: 1 }] })
  ])
  t.match(results, [
    { n: 1 },
    { n: 0, writeErrors: [{ code: 11000 }] },
    { ok: 0, code: 9 },
    { ok: 0, code: 115 },
    { n: 1 },
    { n: 1 }
  ])
  t.equal(store.commits, 1)
  t.match(await send({ find: 'c', sort: { _id: 1 } }), { cursor: { firstBatch: [{ _id: 1 }, { _id: 3 }] } })
  t.equal((await send({ listIndexes: 'c' })).cursor.firstBatch.length, 2)
})

t.test('a command that fails halfway is undone', async t => {
  const { send } = sender(await openStore(t))
  await send({
    insert: 'c',
    documents: [
      { _id: 1, n: 1 },
      { _id: 2, n: 1 }
    ]
  })
  const [failed, other] = await Promise.all([
    send({
      createIndexes: 'c',
      indexes: [
        { key: { a: 1 }, name: 'a' },
        { key: { n: 1 }, name: 'n', unique: true }
      ]
    }),
    send({ insert: 'c', documents: [{ _id: 3, n: 1 }] })
  ])
  t.match([failed, other], [{ ok: 0, code: 11000, keyPattern: { n: 1 } }, { n: 1 }])
  t.same(
    (await send({ listIndexes: 'c' })).cursor.firstBatch.map(({ name }: Document) => name),
    ['_id_']
  )
  t.match(await send({ createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a' }] }), {
    numIndexesBefore: 1,
    numIndexesAfter: 2
  })
})

t.test('a read sees the earlier writes of its own connection', async t => {
  const store = await openStore(t)
  const { send } = sender(store)
  const connection = {}
  const [written, , found] = await Promise.all([
    send({ insert: 'c', documents: [{ _id: 1 }] }, connection),
    send({ ping: 1 }),
    send({ find: 'c' }, connection)
  ])
  t.match([written, found], [{ n: 1 }, { cursor: { firstBatch: [{ _id: 1 }] } }])
})

t.test('a commit that fails is an error for all its writers, and leaves nothing', async t => {
  const store = await openStore(t)
  const { send, internalErrors } = sender(store)
  await send({ insert: 'c', documents: [{ _id: 0 }] })
  store.isDiskFull = true
  const results = await Promise.all([
    send({ insert: 'c', documents: [{ _id: 1 }] }),
    send({ createIndexes: 'new', indexes: [{ key: { list: 1 }, name: 'l' }] })
  ])
  t.same(
    results.map(({ ok }) => ok),
    [0, 0]
  )
  t.equal(internalErrors.length, 2)
  store.isDiskFull = false
  t.same((await send({ find: 'c' })).cursor.firstBatch, [{ _id: 0 }])
  t.match(await send({ listIndexes: 'new' }), { ok: 0, code: 26 })
  t.match(await send({ insert: 'new', documents: [{ _id: 1 }] }), { n: 1 })
})

t.test('an index becomes multikey after the write that first made it so was undone', async t => {
  const store = await openStore(t)
  const { send } = sender(store)
  await send({ createIndexes: 'c', indexes: [{ key: { v: 1 }, name: 'v' }] })
  store.isDiskFull = true
  await send({ insert: 'c', documents: [{ _id: 1, v: [1, 9] }] })
  store.isDiskFull = false
  await send({ insert: 'c', documents: [{ _id: 2, v: [1, 9] }] })
  t.equal(store.catalog.find('x', 'c')?.secondaryIndexes[0]?.multikey, true)
  t.equal(new Catalog(store.db).find('x', 'c')?.secondaryIndexes[0]?.multikey, true)
})

t.test('a TTL index removes expired documents', async t => {
  const store = await openStore(t)
  const { send } = sender(store)
  await send({ createIndexes: 'c', indexes: [{ key: { at: 1 }, name: 'at', expireAfterSeconds: 60 }] })
  const now = new Date(1_000_000)
  await send({
    insert: 'c',
    documents: [
      { _id: 'old', at: new Date(1_000_000 - 60_000) },
      { _id: 'young', at: new Date(1_000_000 - 59_999) },
      { _id: 'none' },
      { _id: 'text', at: 'x' },
      { _id: 'number', at: 1 },
      { _id: 'list', at: [new Date(2_000_000), new Date(1)] }
    ]
  })
  store.begin()
  t.equal(removeExpired(store, now), 2)
  store.commit()
  t.same((await send({ distinct: 'c', key: '_id' })).values, ['young', 'none', 'text', 'number'])
})
