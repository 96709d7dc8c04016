import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { encode } from '../bson/codec.ts'
import { findInSlices } from '../query/find.ts'
import { Catalog } from '../store/catalog.ts'
import { openDatabase } from '../store/database.ts'
import { normalizeIndexSpec } from '../store/index-spec.ts'

const folder = await mkdtemp(join(tmpdir(), 'store-test-'))
const db = openDatabase(folder)
t.teardown(async () => {
  db.close()
  await rm(folder, { recursive: true, force: true })
})

t.test('a search that pauses leaves out documents that do not match any more', async t => {
  const catalog = new Catalog(db)
  const shows = catalog.create('db', 'shows')
  catalog.createIndex(shows, normalizeIndexSpec({ key: { status: 1, n: 1 } }))
  for (let n = 0; n < 40; n++) {
    const doc = { _id: n, status: n % 2 === 0 ? 'live' : 'interrupted', n }
    shows.insert(doc, encode(doc))
  }
  const statuses = { status: { $in: ['live', 'interrupted'] } }
  for (const sort of [[], [{ path: 'n', isDescending: false }]]) {
    db.exec('BEGIN')
    const found = findInSlices(shows, { filter: statuses, sort })
    const first = Number(found.next().value?.doc._id)
    for (let row = 5; row <= 40; row += 5) {
      const doc = { _id: row - 1, status: (row - 1) % 2 === 0 ? 'live' : 'interrupted', n: row - 1 }
      const after = { ...doc, status: 'ended' }
      shows.replace(row, shows.keysOf(doc), after, encode(after))
    }
    const ids = [first, ...Array.from(found, each => Number(each?.doc._id))]
    t.same(
      ids.sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, n) => n).filter(n => n % 5 !== 4)
    )
    db.exec('ROLLBACK')
  }
})
