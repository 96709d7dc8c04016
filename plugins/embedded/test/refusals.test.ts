import { MongoClient, type Document } from 'mongodb'
import t from 'tap'
import {
  unsupportedCommands,
  unsupportedIndexOptions,
  unsupportedOptions,
  unsupportedPushModifiers,
  unsupportedQueryOperators,
  unsupportedStages,
  unsupportedUpdateOperators
} from '../unsupported.ts'
import { startScratchStore } from './backends.ts'

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url)
const db = client.db('refusals')
t.teardown(async () => {
  await client.close()
  await store.close()
})
await db.collection('c').insertMany([{ n: 1 }, { n: 2, list: [1] }])

const notSupported = 115
const find = (filter: Document): Document => ({ find: 'c', filter })
const modify = (update: Document): Document => ({ findAndModify: 'c', query: {}, update })
const aggregate = (...pipeline: Document[]): Document => ({ aggregate: 'c', pipeline, cursor: {} })
const createIndex = (spec: Document): Document => ({
  createIndexes: 'c',
  indexes: [{ key: { n: 1 }, name: 'x', ...spec }]
})
const group = { $group: { _id: 1, n: { $sum: 1 } } }

/** A command, the code of the error that it gets, and a text that the message must contain. */
type Case = [Document, number, string]

/** A command for each name in the lists of unsupported features. */
const listed: Case[] = [
  ...Array.from(unsupportedQueryOperators, (name): Case => [find({ n: { [name]: 1 } }), notSupported, name]),
  ...Array.from(unsupportedQueryOperators, (name): Case => [find({ [name]: [] }), notSupported, name]),
  ...Array.from(unsupportedUpdateOperators, (name): Case => [modify({ [name]: { n: 1 } }), notSupported, name]),
  ...Array.from(unsupportedPushModifiers, (name): Case => [
    modify({ $push: { list: { $each: [], [name]: 1 } } }),
    notSupported,
    name
  ]),
  ...Array.from(unsupportedStages, (name): Case => [aggregate({ [name]: {} }, group), notSupported, name]),
  ...Array.from(unsupportedCommands, (name): Case => [{ [name]: 1 }, notSupported, name]),
  ...Array.from(unsupportedOptions, (name): Case => [
    { listIndexes: 'c', [name]: 1 },
    notSupported,
    /^(txnNumber|startTransaction)$/.test(name) ? 'transaction' : name
  ]),
  ...Array.from(unsupportedIndexOptions, (name): Case => [createIndex({ [name]: 1 }), notSupported, name])
]

const others: Case[] = [
  [{ explode: 1 }, 59, 'explode'],
  [{ constructor: 1 }, 59, 'constructor'],
  [{ find: 'c', filtre: {} }, 40415, 'filtre'],
  [{ find: 'c', filtre: false }, 40415, 'filtre'],
  [{ create: 'system.x' }, 73, 'system.x'],
  [{ find: 'none', filter: { n: { $near: 1 } } }, notSupported, '$near'],
  [find({ n: { $nonsense: 1 } }), 2, '$nonsense'],
  [find({ $nonsense: [] }), 2, '$nonsense'],
  [find({ n: { $gt: 1, than: 2 } }), 2, 'than'],
  [find({ n: { constructor: 1, $gt: 1 } }), 0, ''],
  [find({ n: { $gt: 1, constructor: 1 } }), 2, 'constructor'],
  [find({ n: /x/ }), notSupported, 'regular expression'],
  [find({ n: { $in: [/x/] } }), notSupported, 'regular expression'],
  [find({ n: { $ne: /x/ } }), notSupported, 'regular expression'],
  [find({ n: { $regex: /x/ } }), notSupported, '$regex'],
  [find({ _id: /x/ }), notSupported, 'regular expression'],
  [find({ _id: { $in: [{ $gt: 1 }] } }), 2, '$in'],
  [find({ list: { $elemMatch: { $gt: 1 } } }), notSupported, '$elemMatch'],
  [find({ list: { $elemMatch: { $not: { n: 1 } } } }), notSupported, '$not'],
  [{ find: 'c', sort: { n: { $meta: 'textScore' } } }, notSupported, '$meta'],
  [{ find: 'c', projection: { n: { $meta: 'textScore' } } }, notSupported, '$meta'],
  [{ find: 'c', projection: { list: { $slice: 1 } } }, notSupported, '$slice'],
  [{ find: 'c', projection: { list: { $elemMatch: {} } } }, notSupported, '$elemMatch'],
  [{ find: 'c', projection: { 'list.$': 1 } }, notSupported, 'positional'],
  [{ find: 'c', projection: { n: '$list' } }, notSupported, 'expression'],
  [aggregate({ $skip: 1 }, { $sort: { n: 1 } }), notSupported, 'pipeline'],
  [aggregate({ $limit: 1 }, { $skip: 1 }), notSupported, 'pipeline'],
  [aggregate({ $match: {} }, { $match: {} }), notSupported, 'pipeline'],
  [aggregate({ $project: { n: 1 } }, group), notSupported, 'pipeline'],
  [aggregate({ $project: { n: '$list' } }), notSupported, 'expression'],
  [aggregate({ $project: { n: { $add: [1, 2] } } }), notSupported, '$add'],
  [aggregate({ $project: {} }), 9, '$project'],
  [aggregate({ $sort: {} }), 9, '$sort'],
  [aggregate({ $sort: { n: { $meta: 'textScore' } } }), notSupported, '$meta'],
  [aggregate({ $count: '' }), 9, 'count'],
  [aggregate({ $limit: 1 }, { $match: {} }, group), notSupported, 'pipeline'],
  [aggregate(group, { $limit: 1 }), notSupported, 'pipeline'],
  [aggregate({ $nonsense: {} }), 40324, '$nonsense'],
  [aggregate({ $match: { n: { $nonsense: 1 } } }, group), 2, '$nonsense'],
  [aggregate({ $group: { _id: '$n', n: { $sum: 1 } } }), notSupported, '$group'],
  [aggregate({ $group: { _id: null, n: { $sum: '$n' } } }), notSupported, '$group'],
  [aggregate({ $group: { _id: null, n: { $avg: 1 } } }), notSupported, '$group'],
  [aggregate({ $group: { _id: null, n: { $sum: 1 }, m: { $sum: 1 } } }), notSupported, '$group'],
  [modify([{ $set: { n: 1 } }]), notSupported, 'pipeline'],
  [modify({ $nonsense: { n: 1 } }), 9, '$nonsense'],
  [modify({ constructor: { n: 1 }, $set: { n: 1 } }), 52, '$set'],
  [modify({ $push: { list: { $each: [], $nonsense: 1 } } }), 2, '$nonsense'],
  [modify({ $pull: { list: { $gt: 1 } } }), notSupported, '$pull'],
  [modify({ $pull: { list: { n: 1 } } }), notSupported, '$pull'],
  [modify({ $pull: { list: /x/ } }), notSupported, '$pull'],
  [modify({ $set: { 'list.$': 1 } }), notSupported, 'positional'],
  [modify({ $set: { '$[]': 1 } }), notSupported, 'positional'],
  [modify({ $set: { 'list.$[x].n': 1 } }), 2, 'No array filter found'],
  [modify({ $set: { 'none.$[].n': 1 } }), 2, 'must exist'],
  [modify({ $set: { 'n.$[]': 1 } }), 2, 'non-array'],
  [modify({ $set: { 'list.$[]': 1, 'list.0': 2 } }), notSupported, 'Several changes in the array'],
  [{ ...modify({ $set: { n: 1 } }), arrayFilters: [{ x: 1 }] }, 9, 'not used'],
  [{ ...modify({ n: 1 }), arrayFilters: [{ x: 1 }] }, 9, 'not used'],
  [{ ...modify({ $set: { 'list.$[x]': 1 } }), arrayFilters: [{ x: 1 }, { x: 2 }] }, 9, 'multiple'],
  [{ ...modify({ $set: { 'list.$[x]': 1 } }), arrayFilters: [{ x: 1, y: 2 }] }, 9, 'single'],
  [{ ...modify({ $set: { 'list.$[X]': 1 } }), arrayFilters: [{ X: 1 }] }, 2, 'lowercase'],
  [{ ...modify({ $set: { 'list.$[x]': 1 } }), arrayFilters: [{ x: { $mod: [1, 1] } }] }, notSupported, '$mod'],
  [{ ...modify({ $set: { 'list.$[x]': 1 } }), arrayFilters: [{ $or: [{ x: 1 }] }] }, notSupported, '$or'],
  [find({ n: { $type: 'double' } }), notSupported, '$type'],
  [find({ n: { $type: ['null', 16] } }), notSupported, '$type'],
  [createIndex({ key: { n: 'text' } }), notSupported, 'text'],
  [createIndex({ key: { '$**': 1 } }), notSupported, 'wildcard'],
  [createIndex({ nonsense: 1 }), 197, 'nonsense'],
  [{ create: 'capped', capped: true, size: 100 }, notSupported, 'capped'],
  [{ insert: 'c', documents: [{ n: 1 }], nonsense: 1 }, 40415, 'nonsense']
]

for (const [command, code, text] of [...listed, ...others]) {
  t.test(JSON.stringify(command), async t => {
    const error: unknown = await db.command(command).catch((reason: unknown) => reason)
    if (code === 0) return t.match(error, { ok: 1 })
    t.match(error, { code })
    t.ok(error instanceof Error && error.message.toLowerCase().includes(text.toLowerCase()), String(error))
  })
}

/** Statements of a batch, which are refused with their index. */
const statements: Case[] = [
  [{ update: 'c', updates: [{ q: {}, u: [{ $set: { n: 1 } }] }] }, notSupported, 'pipeline'],
  [{ update: 'c', updates: [{ q: {}, u: { $set: { n: 1 } }, collation: {} }] }, notSupported, 'collation'],
  [{ update: 'c', updates: [{ q: {}, u: { $set: { n: 1 } }, arrayFilters: [{ x: 1 }] }] }, 9, 'not used'],
  [{ update: 'c', updates: [{ q: {}, u: { $set: { n: 1 } }, nonsense: 1 }] }, 40415, 'nonsense'],
  [{ update: 'c', updates: [{ q: { n: { $nonsense: 1 } }, u: { $set: { n: 1 } } }] }, 2, '$nonsense'],
  [{ update: 'none', updates: [{ q: { n: { $nonsense: 1 } }, u: { $set: { n: 1 } }, upsert: true }] }, 2, '$nonsense'],
  [{ update: 'c', updates: [{ q: {}, u: { n: 1 }, multi: true }] }, 9, 'replacement'],
  [{ delete: 'c', deletes: [{ q: {}, limit: 0, hint: 'n' }] }, 2, 'hint'],
  [{ delete: 'c', deletes: [{ q: {}, limit: 0, hint: { $natural: 1 } }] }, notSupported, '$natural'],
  [{ delete: 'none', deletes: [{ q: { n: { $nonsense: 1 } }, limit: 0 }] }, 2, '$nonsense'],
  [{ insert: 'c', documents: [{ _id: [1] }] }, 53, '_id']
]

for (const [command, code, text] of statements) {
  t.test(JSON.stringify(command), async t => {
    const {
      writeErrors: [error]
    } = await db.command(command)
    t.match(error, { index: 0, code })
    t.ok(error.errmsg.includes(text), error.errmsg)
  })
}

t.test('refused commands have changed nothing', async t => {
  t.same(
    await db
      .collection('c')
      .find({}, { projection: { _id: 0 } })
      .toArray(),
    [{ n: 1 }, { n: 2, list: [1] }]
  )
  t.equal((await db.collection('c').indexes()).length, 1)
  t.same(
    (await db.listCollections().toArray()).map(({ name }) => name),
    ['c']
  )
})

t.test('a command that exceeds maxTimeMS is stopped', async t => {
  const many = db.collection('many')
  await many.insertMany(Array.from({ length: 20_000 }, (_, n) => ({ n })))
  await t.rejects(many.countDocuments({ n: { $lt: 0 } }, { maxTimeMS: 1 }), { code: 50 })
})
