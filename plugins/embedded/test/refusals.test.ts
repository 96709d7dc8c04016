import { MongoClient, type Document } from 'mongodb'
import t from 'tap'
import { startScratchStore } from './backends.ts'

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url)
const db = client.db('refusals')
t.teardown(async () => {
  await client.close()
  await store.close()
})
await db.collection('c').insertMany([{ n: 1 }, { n: 2, list: [1] }])

/** Commands, the code that refuses them, and what the message has to name. */
const cases: Array<[Document, number, string]> = [
  [{ explode: 1 }, 59, 'explode'],
  [{ constructor: 1 }, 59, 'constructor'],
  [{ mapReduce: 'c' }, 59, 'mapReduce'],
  [{ find: 'c', filtre: {} }, 40415, 'filtre'],
  [{ find: 'c', filter: {}, collation: { locale: 'fr' } }, 115, 'collation'],
  [{ find: 'c', hint: { n: 1 } }, 115, 'hint'],
  [{ find: 'c', tailable: true }, 115, 'tailable'],
  [{ find: 'c', filter: { n: { $near: 1 } } }, 2, '$near'],
  [{ find: 'c', filter: { $where: 'true' } }, 2, '$where'],
  [{ find: 'c', filter: { $text: { $search: 'x' } } }, 2, '$text'],
  [{ find: 'c', filter: { n: { $gt: 1, than: 2 } } }, 2, 'than'],
  [{ find: 'c', filter: { $expr: { $function: {} } } }, 168, '$function'],
  [{ find: 'c', sort: { n: { $meta: 'textScore' } } }, 115, '$meta'],
  [{ find: 'c', projection: { n: { $meta: 'textScore' } } }, 115, '$meta'],
  [{ find: 'c', projection: { 'list.$': 1 } }, 115, 'positional'],
  [{ find: 'c', projection: { n: '$list' } }, 115, 'expression'],
  [{ find: 'none', filter: { n: { $near: 1 } } }, 2, '$near'],
  [{ find: 'c', startTransaction: true, txnNumber: 1 }, 115, 'transaction'],
  [{ aggregate: 'c', pipeline: [{ $facet: {} }], cursor: {} }, 115, '$facet'],
  [{ aggregate: 'c', pipeline: [{ $changeStream: {} }], cursor: {} }, 115, '$changeStream'],
  [{ aggregate: 'c', pipeline: [{ $nonsense: {} }], cursor: {} }, 40324, '$nonsense'],
  [{ aggregate: 'c', pipeline: [{ $project: { x: { $nonsense: 1 } } }], cursor: {} }, 168, '$nonsense'],
  [{ aggregate: 'none', pipeline: [{ $group: { _id: 1, x: { $nonsense: 1 } } }], cursor: {} }, 15952, '$nonsense'],
  [{ aggregate: 'c', pipeline: [{ $lookup: { from: 'c', as: 'x', let: {}, pipeline: [] } }], cursor: {} }, 115, 'let'],
  [
    { aggregate: 'none', pipeline: [{ $lookup: { from: 'c', as: 'x', pipeline: [{ $nonsense: 1 }] } }], cursor: {} },
    40324,
    '$nonsense'
  ],
  [{ aggregate: 'c', pipeline: [], cursor: {}, let: { a: 1 } }, 115, 'let'],
  [{ findAndModify: 'c', query: {}, update: [{ $set: { n: 1 } }] }, 115, 'pipeline'],
  [{ findAndModify: 'c', query: {}, update: { $nonsense: { n: 1 } } }, 9, '$nonsense'],
  [{ findAndModify: 'c', query: {}, update: { $push: { list: { $each: [], $nonsense: 1 } } } }, 2, '$nonsense'],
  [{ createIndexes: 'c', indexes: [{ key: { n: 'text' }, name: 'x' }] }, 115, 'text'],
  [
    { createIndexes: 'c', indexes: [{ key: { n: 1 }, name: 'x', partialFilterExpression: {} }] },
    115,
    'partialFilterExpression'
  ],
  [{ createIndexes: 'c', indexes: [{ key: { n: 1 }, name: 'x', nonsense: 1 }] }, 197, 'nonsense'],
  [{ create: 'capped', capped: true, size: 100 }, 40415, 'capped'],
  [{ insert: 'c', documents: [{ n: 1 }], nonsense: 1 }, 40415, 'nonsense']
]

for (const [command, code, named] of cases) {
  t.test(JSON.stringify(command), async t => {
    const error: unknown = await db.command(command).catch((reason: unknown) => reason)
    t.match(error, { code })
    t.ok(
      error instanceof Error && error.message.includes(named),
      error instanceof Error ? error.message : 'not refused'
    )
  })
}

/** Statements of a batch, refused with their index. */
const statements: Array<[Document, number, string]> = [
  [{ update: 'c', updates: [{ q: {}, u: [{ $set: { n: 1 } }] }] }, 115, 'pipeline'],
  [{ update: 'c', updates: [{ q: {}, u: { $set: { n: 1 } }, collation: { locale: 'fr' } }] }, 115, 'collation'],
  [{ update: 'c', updates: [{ q: {}, u: { $set: { n: 1 } }, nonsense: 1 }] }, 40415, 'nonsense'],
  [{ update: 'c', updates: [{ q: { n: { $nonsense: 1 } }, u: { $set: { n: 1 } } }] }, 2, '$nonsense'],
  [{ update: 'c', updates: [{ q: {}, u: { n: 1 }, multi: true }] }, 9, 'replacement'],
  [{ delete: 'c', deletes: [{ q: {}, limit: 0, hint: 'n' }] }, 115, 'hint'],
  [{ delete: 'none', deletes: [{ q: { n: { $nonsense: 1 } }, limit: 0 }] }, 2, '$nonsense'],
  [{ insert: 'c', documents: [{ _id: [1] }] }, 53, '_id']
]

for (const [command, code, named] of statements) {
  t.test(JSON.stringify(command), async t => {
    const {
      writeErrors: [error]
    } = await db.command(command)
    t.match(error, { index: 0, code })
    t.ok(error.errmsg.includes(named), error.errmsg)
  })
}

t.test('nothing that was refused has changed anything', async t => {
  t.same(
    await db
      .collection('c')
      .find({}, { projection: { _id: 0 } })
      .toArray(),
    [{ n: 1 }, { n: 2, list: [1] }]
  )
  t.same(
    (await db.listCollections().toArray()).map(({ name }) => name),
    ['c']
  )
})

t.test('what runs too long is stopped', async t => {
  const many = db.collection('many')
  await many.insertMany(Array.from({ length: 20_000 }, (_, n) => ({ n })))
  await t.rejects(
    many.countDocuments(
      { $expr: { $gt: [{ $strLenCP: { $concat: ['a', { $toString: '$n' }] } }, 100] } },
      { maxTimeMS: 1 }
    ),
    { code: 50 }
  )
})
