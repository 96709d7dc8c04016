import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Decimal128 } from 'mongodb'
import t from 'tap'
import type { Manifest } from '../../../scripts/backup/manifest.ts'
import { at, elsewhere, everything, run, scratchFolder, type Settings, type Thing } from './homes.ts'

type Indexes = Manifest['collections'][number]['indexes']

const settings = { DATA_DIR: await scratchFolder(t) }
const folder = join(await scratchFolder(t), 'backup')
await at(settings, async ({ db, storage }) => {
  await db.collection<Thing>('things').insertMany([
    { _id: 'a', price: Decimal128.fromString('1.50'), text: 'one' },
    { _id: 'b', text: 'two' }
  ])
  await (await storage()).put('avatars/a', [Buffer.from('a picture')])
})
assert.equal((await run('backup', settings, folder)).code, 0)
const path = join(folder, 'manifest.json')
const manifest: Manifest = JSON.parse(await readFile(path, 'utf8'))

async function withIndexes(indexes: Indexes): Promise<void> {
  await writeFile(
    path,
    JSON.stringify({ ...manifest, collections: manifest.collections.map(entry => ({ ...entry, indexes })) })
  )
}

async function occupied(settings: Settings): Promise<string> {
  return await at(settings, async home => {
    await home.db
      .collection<{ _id: string; kept: boolean }>('people')
      .updateOne({ _id: 'old' }, { $set: { kept: true } }, { upsert: true })
    await (await home.storage()).put('songs/old/audio.opus', [Buffer.from('old')])
    return JSON.stringify(await everything(home))
  })
}

t.test('what the embedded store refuses is noticed before anything is deleted', async t => {
  const there = { DATA_DIR: await scratchFolder(t) }
  const before = await occupied(there)
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
      "of values it can't compare",
      { key: { price: 1 }, options: { name: 'i' } },
      /refuses a document of "things": .*Decimal128/
    ]
  ]
  for (const [kind, index, complained] of refused) {
    await withIndexes([{ key: { text: -1 }, options: { name: 'good' } }, index])
    const result = await run('restore', there, folder, '--overwrite')
    t.match(result, { code: 1, complained }, kind)
    t.match(result.complained, /Nothing was changed/)
    t.equal(await at(there, async home => JSON.stringify(await everything(home))), before, `${kind}: all is as it was`)
  }
})

t.test('so it is on any other database', async t => {
  const there = await elsewhere(t)
  const before = await occupied(there)
  // A server that takes any kind of index by its word makes none of the second.
  await withIndexes([
    { key: { text: 'of-no-kind' }, options: { name: 'strange' } },
    { key: { _id: -1 }, options: { name: 'strange-too' } }
  ])
  t.match(await run('restore', there, folder, '--overwrite'), {
    code: 1,
    complained: /refuses the index strange(-too)? of "things".*\n.*Nothing was changed/
  })
  t.equal(await at(there, async home => JSON.stringify(await everything(home))), before)
  await withIndexes([{ key: { text: 1 }, options: { name: 'good', unique: true } }])
  t.match(await run('restore', there, folder, '--overwrite'), { code: 0 })
  t.same(await at(there, async ({ collections }) => await collections()), ['things'], 'nothing of the trial stays')
})
