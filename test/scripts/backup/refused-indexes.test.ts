import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Decimal128 } from 'mongodb'
import t from 'tap'
import type { Manifest } from '../../../scripts/backup/manifest.ts'
import {
  otherServer,
  readAll,
  runBackup,
  runRestore,
  temporaryFolder,
  withServerData,
  type Settings,
  type TestDocument
} from './test-data.ts'

type Indexes = Manifest['collections'][number]['indexes']

const settings = { DATA_DIR: await temporaryFolder(t) }
const folder = join(await temporaryFolder(t), 'backup')
await withServerData(settings, async ({ db, storage }) => {
  await db.collection<TestDocument>('things').insertMany([
    { _id: 'a', price: Decimal128.fromString('1.50'), text: 'one' },
    { _id: 'b', text: 'two' }
  ])
  await (await storage()).put('avatars/a', [Buffer.from('a picture')])
})
assert.equal((await runBackup(settings, folder)).code, 0)
const path = join(folder, 'manifest.json')
const manifest: Manifest = JSON.parse(await readFile(path, 'utf8'))

async function withIndexes(indexes: Indexes): Promise<void> {
  await writeFile(
    path,
    JSON.stringify({ ...manifest, collections: manifest.collections.map(entry => ({ ...entry, indexes })) })
  )
}

/** Adds data to a server and returns all of its data as text. */
async function addData(settings: Settings): Promise<string> {
  return await withServerData(settings, async server => {
    await server.db
      .collection<{ _id: string; kept: boolean }>('people')
      .updateOne({ _id: 'old' }, { $set: { kept: true } }, { upsert: true })
    await (await server.storage()).put('songs/old/audio.opus', [Buffer.from('old')])
    return JSON.stringify(await readAll(server))
  })
}

t.test('indexes and documents that the embedded store rejects are found before any data is deleted', async t => {
  const target = { DATA_DIR: await temporaryFolder(t) }
  const before = await addData(target)
  const refused: [string, Indexes[number], RegExp][] = [
    [
      'text',
      { key: { _fts: 'text', _ftsx: 1 }, options: { name: 'i', weights: { text: 1 }, default_language: 'english' } },
      /index i of "things"/
    ],
    [
      'partial',
      { key: { text: 1 }, options: { name: 'i', partialFilterExpression: { text: 'one' } } },
      /partialFilterExpression/
    ],
    ['collation', { key: { text: 1 }, options: { name: 'i', collation: { locale: 'de' } } }, /collation/],
    ['hashed', { key: { text: 'hashed' }, options: { name: 'i' } }, /hashed/],
    [
      'of values that it cannot compare',
      { key: { price: 1 }, options: { name: 'i' } },
      /rejects a document of "things": .*Decimal128/
    ]
  ]
  for (const [kind, index, errors] of refused) {
    await withIndexes([{ key: { text: -1 }, options: { name: 'good' } }, index])
    const result = await runRestore(target, folder, '--overwrite')
    t.match(result, { code: 1, errors }, kind)
    t.match(result.errors, /Nothing was changed/)
    t.equal(
      await withServerData(target, async server => JSON.stringify(await readAll(server))),
      before,
      `${kind}: the data is unchanged`
    )
  }
})

t.test('so are indexes that another database rejects', async t => {
  const target = await otherServer(t)
  const before = await addData(target)
  // Some servers accept any index type and then ignore the second index.
  await withIndexes([
    { key: { text: 'of-no-kind' }, options: { name: 'strange' } },
    { key: { _id: -1 }, options: { name: 'strange-too' } }
  ])
  t.match(await runRestore(target, folder, '--overwrite'), {
    code: 1,
    errors: /rejects the index strange(-too)? of "things".*\n.*Nothing was changed/
  })
  t.equal(await withServerData(target, async server => JSON.stringify(await readAll(server))), before)
  await withIndexes([{ key: { text: 1 }, options: { name: 'good', unique: true } }])
  t.match(await runRestore(target, folder, '--overwrite'), { code: 0 })
  t.same(
    await withServerData(target, async ({ collections }) => await collections()),
    ['things'],
    'nothing of the trial remains'
  )
})
