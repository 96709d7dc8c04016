import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deserialize, Long, serialize } from 'bson'
import type { Collection, Document } from 'mongodb'
import t from 'tap'
import { createCollisionDetector } from '../../../scripts/backup/collisions.ts'
import { restoreDocuments, writeDocuments } from '../../../scripts/backup/documents.ts'
import { BackupError } from '../../../scripts/backup/backup-error.ts'
import {
  filledServer,
  otherServer,
  readAll,
  runBackup,
  runRestore,
  temporaryFolder,
  withServerData,
  type Settings,
  type TestDocument
} from './test-data.ts'

/**
 * Makes reads of a collection return batches of two and calls `write` between the first two batches, for every read or
 * for the first ones. Returns the written document last: databases differ in where they place it, and a cursor may find
 * it at any place.
 */
function withWritesDuringReads(
  collection: Collection,
  write: (gone: Document) => Promise<Document>,
  times = Infinity
): Collection {
  const find = collection.find.bind(collection)
  let reads = 0
  const findDisturbed = (filter: object, options: object) => {
    const cursor = find(filter, options).batchSize(2)
    const iterate = cursor[Symbol.asyncIterator].bind(cursor)
    const disturbed = async function* () {
      const isDisturbed = reads++ < times
      const seen: Document[] = []
      let written: Document | null = null
      // Writing reads the bytes of documents.
      for await (const found of { [Symbol.asyncIterator]: iterate }) {
        const bytes: unknown = found
        if (!(bytes instanceof Uint8Array)) throw new TypeError('not the bytes of a document')
        const document = deserialize(bytes)
        if (document._id === written?._id) continue
        yield bytes
        seen.push(document)
        if (seen.length === 2 && isDisturbed) written = await write(seen[0]!)
      }
      if (written) yield serialize(written)
    }
    return Object.assign(cursor, { [Symbol.asyncIterator]: disturbed })
  }
  return Object.assign(collection, { find: findDisturbed })
}

/** Replaces a document by one with the same unique fields and another `_id`. */
async function replace(collection: Collection<TestDocument>, gone: Document): Promise<Document> {
  await collection.deleteOne({ fromId: gone.fromId })
  const back = { ...gone, _id: `${String(gone._id)}'` }
  await collection.insertOne(back)
  return back
}

async function serverWithPairs(t: Parameters<typeof temporaryFolder>[0]): Promise<Settings> {
  const settings = await otherServer(t)
  await withServerData(settings, async ({ db }) => {
    const collection = db.collection<TestDocument>('pairs')
    await collection.createIndex({ fromId: 1, toId: 1 }, { unique: true })
    await collection.insertMany(Array.from({ length: 5 }, (_, n) => ({ _id: `${n}`, fromId: `p${n}`, toId: 'q' })))
  })
  return settings
}

t.test('a collection is written again when a cursor returned documents that never existed together', async t => {
  const [settings, folder] = [await serverWithPairs(t), await temporaryFolder(t)]
  const target = { DATA_DIR: await temporaryFolder(t) }
  await withServerData(settings, async ({ db }) => {
    const collection = db.collection<TestDocument>('pairs')
    const disturbed = withWritesDuringReads(db.collection('pairs'), async gone => await replace(collection, gone), 2)
    const { entry } = await writeDocuments(disturbed, folder, () => {})
    t.equal(entry.count, 5)
    await withServerData(target, async ({ db }) => {
      await restoreDocuments(db, entry, folder, () => {})
      t.equal(await db.collection('pairs').countDocuments(), 5, 'it can be restored')
    })
  })
})

t.test('a collection is written again when a document was replaced under the same _id', async t => {
  const [settings, folder] = [await otherServer(t), await temporaryFolder(t)]
  await withServerData(settings, async ({ db }) => {
    const collection = db.collection<TestDocument>('things')
    await collection.insertMany(Array.from({ length: 5 }, (_, n) => ({ _id: `${n}`, n })))
    const again = async (gone: Document) => {
      await collection.deleteOne({ n: gone.n })
      await collection.insertOne({ ...gone, _id: gone._id })
      return gone
    }
    const disturbed = withWritesDuringReads(db.collection('things'), again, 1)
    t.equal((await writeDocuments(disturbed, folder, () => {})).entry.count, 5)
  })
})

t.test('a collection that always changes during the read is an error', async t => {
  const [settings, folder] = [await serverWithPairs(t), await temporaryFolder(t)]
  await withServerData(settings, async ({ db }) => {
    const collection = db.collection<TestDocument>('pairs')
    const disturbed = withWritesDuringReads(db.collection('pairs'), async gone => await replace(collection, gone))
    await t.rejects(
      writeDocuments(disturbed, folder, () => {}),
      { name: new BackupError().name, message: /"pairs" changes too fast: .*fromId_1_toId_1/ }
    )
  })
})

t.test('a backup that no database accepts is rejected before any change', async t => {
  const { settings, newFolder } = await filledServer(t)
  const folder = newFolder()
  await withServerData(
    settings,
    async ({ db }) =>
      await db.collection<TestDocument>('shows').insertMany([
        { _id: 'a', liveCreatorId: 'x' },
        { _id: 'b', liveCreatorId: 'x' }
      ])
  )
  t.match(await runBackup(settings, folder), { code: 0 })
  const path = join(folder, 'manifest.json')
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  manifest.collections.find(({ name }: { name: string }) => name === 'shows').indexes = [
    { key: { liveCreatorId: 1 }, options: { name: 'one-live', unique: true, sparse: true } }
  ]
  await writeFile(path, JSON.stringify(manifest))
  const before = await withServerData(settings, readAll)
  for (const option of ['--check', '--overwrite']) {
    t.match(await runRestore(settings, folder, option), {
      code: 1,
      errors: /"shows" cannot be restored: two documents in .* violate its index one-live/
    })
  }
  t.ok(JSON.stringify(await withServerData(settings, readAll)) === JSON.stringify(before), 'the data is unchanged')
})

t.test('documents collide as in a database', async t => {
  const collide = (key: Record<string, unknown>, options: object, ...documents: object[]) => {
    const collisions = createCollisionDetector([{ key, options: { name: 'i', unique: true, ...options } }])
    for (const [_id, document] of documents.entries()) collisions.add(serialize({ _id, ...document }))
    return collisions.violatedIndex()
  }
  t.equal(collide({ a: 1 }, {}, {}, {}), 'i', 'a missing field is a value')
  t.equal(collide({ a: 1 }, { sparse: true }, {}, {}), null, 'except in a sparse index')
  t.equal(
    collide({ a: 1, b: 1 }, { sparse: true }, { a: 1 }, { a: 1 }),
    'i',
    'a sparse index holds documents with one of its fields'
  )
  t.equal(collide({ a: 1, b: -1 }, {}, { a: 1, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 1 }), null)
  t.equal(collide({ a: 1 }, {}, { a: 1 }, { a: Long.fromNumber(1) }), 'i', 'numbers compare by value')
  t.equal(
    collide({ 'a.b': 1 }, {}, { a: [{ b: 1 }, { b: 1 }] }, { a: { b: 2 } }),
    null,
    'a document does not collide with itself'
  )
  t.equal(collide({ 'a.b': 1 }, {}, { a: [{ b: 1 }, { b: 2 }] }, { a: { b: 2 } }), 'i')
  t.equal(
    collide({ a: 1 }, { partialFilterExpression: {} }, { a: 1 }, { a: 1 }),
    null,
    'indexes with other options are ignored'
  )
  const many = createCollisionDetector([])
  for (let n = 0; n < 5000; n++) many.add(serialize({ _id: n }))
  t.equal(many.violatedIndex(), null)
  many.add(serialize({ _id: 17 }))
  t.equal(many.violatedIndex(), '_id_')
})
