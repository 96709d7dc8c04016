import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { encode, type Doc } from '../bson/codec.ts'
import { countDocuments } from '../commands/count.ts'
import { Catalog } from '../store/catalog.ts'
import { openDatabase } from '../store/database.ts'
import { normalizeIndexSpec } from '../store/index-spec.ts'

const folder = await mkdtemp(join(tmpdir(), 'store-test-'))
const db = openDatabase(folder)
t.teardown(async () => {
  db.close()
  await rm(folder, { recursive: true, force: true })
})

t.test('a count for which an index is enough reads no document', async t => {
  const catalog = new Catalog(db)
  const follows = catalog.create('db', 'follows')
  for (const key of [{ toId: 1, createdAt: -1, _id: -1 }, { state: 1 }, { tags: 1 }]) {
    catalog.createIndex(follows, normalizeIndexSpec({ key }))
  }
  for (let n = 0; n < 100; n++) {
    const doc = { _id: n, toId: n % 4 === 0 ? 'ann' : 'bob', state: n % 3, tags: ['x', n], createdAt: new Date(n) }
    follows.insert(doc, encode(doc))
  }
  let reads = 0
  const { read } = follows
  follows.read = row => {
    reads++
    return read.call(follows, row)
  }
  const count = (filter: Doc, skip = 0, limit = 0) => {
    reads = 0
    return countDocuments(follows, { filter, skip, limit }, { atMs: Infinity })
  }
  const inIndex: Array<[Doc, number]> = [
    [{}, 100],
    [{ toId: 'ann' }, 25],
    [{ toId: 'eve' }, 0],
    [{ toId: { $in: ['ann', 'bob'] }, createdAt: { $gte: new Date(10), $lt: new Date(20) } }, 10],
    [{ state: { $gt: 0 } }, 66],
    [{ _id: { $lt: 7 } }, 7]
  ]
  for (const [filter, expected] of inIndex) {
    t.equal(count(filter), expected, JSON.stringify(filter))
    t.equal(reads, 0, `${JSON.stringify(filter)} reads no document`)
  }
  t.equal(count({ toId: 'ann' }, 20), 5)
  t.equal(count({ toId: 'ann' }, 30), 0)
  t.equal(count({ toId: 'ann' }, 20, 3), 3)
  t.equal(reads, 0, 'a window of a count reads no document')

  t.equal(count({ toId: 'ann', state: 0 }), 9, 'the index of one field is not enough for two')
  t.equal(count({ tags: 'x' }), 100, 'an index of arrays has several entries of a document')
  t.equal(count({ tags: { $in: ['x', 1] } }), 100)
  t.ok(reads > 0)
})
