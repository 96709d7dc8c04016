import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BSONRegExp } from 'bson'
import fc from 'fast-check'
import t from 'tap'
import { decode, encode, type Doc } from '../bson/codec.ts'
import { countDocuments } from '../commands/count.ts'
import { findDocuments } from '../query/find.ts'
import { compileMatcher } from '../query/matcher.ts'
import { choosePlan } from '../query/plan.ts'
import { sortKeyOf, type SortField } from '../query/sort.ts'
import { Catalog } from '../store/catalog.ts'
import { openDatabase } from '../store/database.ts'
import { normalizeIndexSpec } from '../store/index-spec.ts'

// There are few fields and values, so that queries find documents through indexes.
const field = fc.constantFrom('a', 'a', 'a', 'b', 'c', 'd.e', 'd.f')
const number = fc.integer({ min: 0, max: 4 })
const plain = fc.oneof(number, number, number, fc.constantFrom<unknown[]>('x', 'y', null, true, new Date(1), NaN, 1.5))
const array = fc.array(plain, { maxLength: 3 })
const flat = fc.record({ a: plain, b: plain, c: plain, d: fc.record({ e: plain, f: plain }) }, { requiredKeys: [] })
const nested = fc.record(
  {
    a: fc.oneof(plain, array),
    b: plain,
    c: plain,
    d: fc.oneof(fc.record({ e: plain, f: plain }), plain, fc.array(fc.record({ e: plain, f: plain }), { maxLength: 2 }))
  },
  { requiredKeys: [] }
)
const docs = fc.oneof(fc.array(flat, { maxLength: 25 }), fc.array(nested, { maxLength: 25 }))
const condition = fc.oneof(
  plain,
  array,
  fc
    .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne'), plain)
    .map(([name, value]) => ({ [name]: value })),
  fc.tuple(number, number).map(([low, high]) => ({ $gte: low, $lt: high })),
  fc.tuple(number, number).map(([low, high]) => ({ $gt: low, $lte: high })),
  fc.array(plain, { maxLength: 4 }).map(list => ({ $in: list })),
  fc.boolean().map(exists => ({ $exists: exists }))
)
const simple = fc.dictionary(field, condition, { maxKeys: 3, noNullPrototype: true })
const filter = fc.oneof(
  simple,
  fc
    .tuple(simple, fc.array(simple, { minLength: 1, maxLength: 3 }))
    .map(([rest, branches]) => ({ ...rest, $or: branches })),
  fc.array(simple, { minLength: 1, maxLength: 2 }).map(clauses => ({ $and: clauses }))
)
// Texts, and patterns with prefixes.
const text = fc.constantFrom<unknown[]>('x', 'y', 'xy', 'x.y', 'xzy', '', 'X', 'w\nx', '😀x', 7, null)
const stored = fc.oneof(text, fc.constant(new BSONRegExp('^x')))
const texts = fc.array(
  fc.record({ a: fc.oneof(stored, fc.array(stored, { maxLength: 3 })), b: stored }, { requiredKeys: [] }),
  { maxLength: 25 }
)
const pattern = fc
  .constantFrom(
    '^x',
    '^x.y',
    '^x\\.y',
    '^xy?',
    '^x*',
    '^',
    'x',
    '^x|y',
    '^(x|y)',
    '^x{0}',
    '^😀',
    '^😀?x',
    '^x$',
    '^\\w',
    '^x+',
    '^[x]'
  )
  .chain($regex => fc.constantFrom<unknown[]>({ $regex }, { $regex }, { $regex, $gte: 'x' }))
const textFilter = fc.record({ a: pattern, b: fc.oneof(pattern, text) }, { requiredKeys: ['a'] })
const sort = fc.uniqueArray(fc.record({ path: field, isDescending: fc.boolean() }), {
  maxLength: 3,
  selector: ({ path }) => path
})
const indexes = fc.array(
  fc.tuple(
    fc.uniqueArray(fc.tuple(field, fc.constantFrom(1, -1)), { minLength: 1, maxLength: 3, selector: ([path]) => path }),
    fc.boolean()
  ),
  { minLength: 1, maxLength: 3 }
)

const folder = await mkdtemp(join(tmpdir(), 'store-test-'))
const db = openDatabase(folder)
t.teardown(async () => {
  db.close()
  await rm(folder, { recursive: true, force: true })
})

/** Whether an error says that two fields of an index are different arrays. */
function isParallel(error: unknown): boolean {
  return error instanceof Error && error.message.includes('parallel arrays')
}

/** Returns the documents that a query must find, without an index. */
function expectedOf(all: readonly Doc[], wanted: Doc, order: readonly SortField[]): Doc[] {
  const key = sortKeyOf(order)
  const found = all.filter(compileMatcher(wanted))
  return order.length === 0 ? found : found.toSorted((x, y) => Buffer.compare(key(x), key(y)))
}

/**
 * Compares queries with and without indexes. Returns how many queries used an index, how many of those used its order,
 * and how many read several of its ranges side by side.
 */
function agree(
  docs: fc.Arbitrary<Doc[]>,
  filter: fc.Arbitrary<Doc>,
  numRuns: number,
  indexSpecs: typeof indexes = indexes,
  sorts: typeof sort = sort
): { planned: number; ordered: number; merged: number } {
  let planned = 0
  let ordered = 0
  let merged = 0
  fc.assert(
    fc.property(docs, indexSpecs, filter, sorts, (given, specs, wanted, order) => {
      db.exec('BEGIN')
      try {
        const catalog = new Catalog(db)
        const collection = catalog.create('db', 'things')
        for (const [keys, sparse] of specs) {
          const spec = normalizeIndexSpec({ key: Object.fromEntries(keys), sparse })
          if (collection.indexes.every(({ name }) => name !== spec.name)) catalog.createIndex(collection, spec)
        }
        // As the store sees them: decoded from bytes.
        const all = given.map((doc, n) => decode(encode({ _id: n, ...doc })))
        for (const doc of all) collection.insert(doc, encode(doc))
        const plan = choosePlan(collection.indexes, wanted, order)
        if (plan) planned++
        if (plan?.isOrdered && order.length > 0) ordered++
        if (plan?.isMerged) merged++

        const key = sortKeyOf(order)
        const found = Array.from(findDocuments(collection, { filter: wanted, sort: order }), ({ doc }) => doc)
        const expected = expectedOf(all, wanted, order)
        const ids = (list: readonly Doc[]) => list.map(({ _id }) => Number(_id)).sort((x, y) => x - y)
        return (
          JSON.stringify(ids(found)) === JSON.stringify(ids(expected)) &&
          (!choosePlan(collection.indexes, wanted, [])?.isExact ||
            countDocuments(collection, { filter: wanted, skip: 0, limit: 0 }, { atMs: Infinity }) ===
              expected.length) &&
          found.every((doc, n) => key(doc).equals(key(expected[n] ?? {})))
        )
      } catch (error) {
        if (isParallel(error)) return true
        throw error
      } finally {
        db.exec('ROLLBACK')
      }
    }),
    { numRuns }
  )
  return { planned, ordered, merged }
}

t.test('queries find the same documents in the same order with any indexes', async t => {
  const { planned, ordered } = agree(docs, filter, 4000)
  t.ok(planned > 500, `${planned} queries used an index`)
  t.ok(ordered > 100, `${ordered} of them used its order`)
})

t.test('ranges that are read side by side are in order', async t => {
  const some = fc.array(plain, { minLength: 2, maxLength: 4 }).map(list => ({ $in: list }))
  const direction = fc.constantFrom<1 | -1>(1, -1)
  const behind = fc.tuple(direction, direction, direction, fc.boolean()).map(([a, b, c, sparse]) => {
    const spec: [Array<['a' | 'b' | 'c', 1 | -1]>, boolean] = [
      [
        ['a', a],
        ['b', b],
        ['c', c]
      ],
      sparse
    ]
    return [spec]
  })
  const order = fc
    .tuple(fc.boolean(), fc.boolean(), fc.boolean())
    .map(([b, c, both]) => [
      { path: 'b' as const, isDescending: b },
      ...(both ? [{ path: 'c' as const, isDescending: c }] : [])
    ])
  const few = fc.record(
    { a: fc.oneof(some, some, plain), b: condition, c: condition },
    { requiredKeys: ['a'], noNullPrototype: true }
  )
  const { merged } = agree(fc.array(flat, { maxLength: 25 }), few, 500, behind, order)
  t.ok(merged > 50, `${merged} queries read several ranges side by side`)
})

t.test('patterns find the same documents with any indexes', async t => {
  const { planned } = agree(texts, textFilter, 1500)
  t.ok(planned > 200, `${planned} queries used an index`)
})
