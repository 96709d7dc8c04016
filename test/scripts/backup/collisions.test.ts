import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Long, serialize } from 'bson'
import type { Collection, Document } from 'mongodb'
import t from 'tap'
import { createCollisions } from '../../../scripts/backup/collisions.ts'
import { restoreDocuments, writeDocuments } from '../../../scripts/backup/documents.ts'
import { KeepingError } from '../../../scripts/backup/backup-error.ts'
import { at, elsewhere, everything, filled, run, scratchFolder, type Settings, type Thing } from './homes.ts'

/**
 * Reads in batches of two, and lets somebody write between the first and the second: as often as it is read, or the first times only.
 * What they wrote is read last. Databases differ in where they put it, and each place is one where a cursor may find it.
 */
function writtenWhileRead(
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
      for await (const document of { [Symbol.asyncIterator]: iterate }) {
        if (document._id === written?._id) continue
        yield document
        seen.push(document)
        if (seen.length === 2 && isDisturbed) written = await write(seen[0]!)
      }
      if (written) yield written
    }
    return Object.assign(cursor, { [Symbol.asyncIterator]: disturbed })
  }
  return Object.assign(collection, { find: findDisturbed })
}

/** A document leaves and comes back, with what is unique about it, under another `_id`. */
async function replace(collection: Collection<Thing>, gone: Document): Promise<Document> {
  await collection.deleteOne({ fromId: gone.fromId })
  const back = { ...gone, _id: `${String(gone._id)}'` }
  await collection.insertOne(back)
  return back
}

async function pairs(t: Parameters<typeof scratchFolder>[0]): Promise<Settings> {
  const settings = await elsewhere(t)
  await at(settings, async ({ db }) => {
    const collection = db.collection<Thing>('pairs')
    await collection.createIndex({ fromId: 1, toId: 1 }, { unique: true })
    await collection.insertMany(Array.from({ length: 5 }, (_, n) => ({ _id: `${n}`, fromId: `p${n}`, toId: 'q' })))
  })
  return settings
}

t.test('a collection is written again when a cursor gave what was never there together', async t => {
  const [settings, folder] = [await pairs(t), await scratchFolder(t)]
  const there = { DATA_DIR: await scratchFolder(t) }
  await at(settings, async ({ db }) => {
    const collection = db.collection<Thing>('pairs')
    const disturbed = writtenWhileRead(db.collection('pairs'), async gone => await replace(collection, gone), 2)
    const entry = await writeDocuments(disturbed, folder, () => {})
    t.equal(entry.count, 5)
    await at(there, async ({ db }) => {
      await restoreDocuments(db, entry, folder, () => {})
      t.equal(await db.collection('pairs').countDocuments(), 5, 'it can be put back')
    })
  })
})

t.test('so it is when a document is removed and comes again under the same _id', async t => {
  const [settings, folder] = [await elsewhere(t), await scratchFolder(t)]
  await at(settings, async ({ db }) => {
    const collection = db.collection<Thing>('things')
    await collection.insertMany(Array.from({ length: 5 }, (_, n) => ({ _id: `${n}`, n })))
    const again = async (gone: Document) => {
      await collection.deleteOne({ n: gone.n })
      await collection.insertOne({ ...gone, _id: gone._id })
      return gone
    }
    t.equal((await writeDocuments(writtenWhileRead(db.collection('things'), again, 1), folder, () => {})).count, 5)
  })
})

t.test('where writers leave no chance, it says so', async t => {
  const [settings, folder] = [await pairs(t), await scratchFolder(t)]
  await at(settings, async ({ db }) => {
    const collection = db.collection<Thing>('pairs')
    const disturbed = writtenWhileRead(db.collection('pairs'), async gone => await replace(collection, gone))
    await t.rejects(
      writeDocuments(disturbed, folder, () => {}),
      { name: new KeepingError().name, message: /"pairs" was written to so much.*fromId_1_toId_1/ }
    )
  })
})

t.test('a backup that no database takes is refused before anything is changed', async t => {
  const { settings, newFolder } = await filled(t)
  const folder = newFolder()
  await at(
    settings,
    async ({ db }) =>
      await db.collection<Thing>('shows').insertMany([
        { _id: 'a', liveCreatorId: 'x' },
        { _id: 'b', liveCreatorId: 'x' }
      ])
  )
  t.match(await run('backup', settings, folder), { code: 0 })
  const path = join(folder, 'manifest.json')
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  manifest.collections.find(({ name }: { name: string }) => name === 'shows').indexes = [
    { key: { liveCreatorId: 1 }, options: { name: 'one-live', unique: true, sparse: true } }
  ]
  await writeFile(path, JSON.stringify(manifest))
  const before = await at(settings, everything)
  for (const how of ['--check', '--overwrite']) {
    t.match(await run('restore', settings, folder, how), {
      code: 1,
      complained: /"shows" can't be put back: its index one-live refuses two/
    })
  }
  t.ok(JSON.stringify(await at(settings, everything)) === JSON.stringify(before), 'all is as it was')
})

t.test('two collide as they do in a database', async t => {
  const collide = (key: Record<string, unknown>, options: object, ...documents: object[]) => {
    const collisions = createCollisions([{ key, options: { name: 'i', unique: true, ...options } }])
    for (const [_id, document] of documents.entries()) collisions.add(serialize({ _id, ...document }))
    return collisions.found()
  }
  t.equal(collide({ a: 1 }, {}, {}, {}), 'i', 'a missing field is a value')
  t.equal(collide({ a: 1 }, { sparse: true }, {}, {}), null, 'but not of a sparse index')
  t.equal(
    collide({ a: 1, b: 1 }, { sparse: true }, { a: 1 }, { a: 1 }),
    'i',
    'where one of its fields is there it counts'
  )
  t.equal(collide({ a: 1, b: -1 }, {}, { a: 1, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 1 }), null)
  t.equal(collide({ a: 1 }, {}, { a: 1 }, { a: Long.fromNumber(1) }), 'i', 'numbers by what they are worth')
  t.equal(
    collide({ 'a.b': 1 }, {}, { a: [{ b: 1 }, { b: 1 }] }, { a: { b: 2 } }),
    null,
    'a document does not collide with itself'
  )
  t.equal(collide({ 'a.b': 1 }, {}, { a: [{ b: 1 }, { b: 2 }] }, { a: { b: 2 } }), 'i')
  t.equal(
    collide({ a: 1 }, { partialFilterExpression: {} }, { a: 1 }, { a: 1 }),
    null,
    'of other kinds nothing is known'
  )
  const many = createCollisions([])
  for (let n = 0; n < 5000; n++) many.add(serialize({ _id: n }))
  t.equal(many.found(), null)
  many.add(serialize({ _id: 17 }))
  t.equal(many.found(), '_id_')
})
