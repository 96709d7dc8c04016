import { MongoClient, type Document } from 'mongodb'
import t from 'tap'
import { findMigrations } from '../../../../../plugins/app/operations/migrations/find.ts'
import { damage, startDamagingStore } from '../../../../store/damaging-store.ts'

interface Stored extends Document {
  _id: string
}

const createdAt = new Date('2026-01-02T03:04:05Z')

/** By collection: whole documents as the first version stored them, and damaged ones. */
const collections: Record<string, { whole: Document; damaged: Document[] }> = {
  sessions: { whole: { createdAt, userId: 'ann' }, damaged: [{ createdAt, userId: damage }, {}] },
  shows: {
    whole: { title: 'Late night', description: '', version: 1 },
    damaged: [{ title: damage, description: '', version: 1 }, { title: 'No description', version: 1 }, {}]
  },
  showEvents: {
    whole: { showId: 's', event: { type: 'cohost:changed', userId: 'ann' } },
    damaged: [{ showId: 's', event: { type: 'cohost:changed', userId: damage } }, { showId: 's' }]
  },
  blocks: {
    whole: { fromId: 'ann', toId: 'bob', createdAt },
    damaged: [{ fromId: 'ann', toId: damage, createdAt }]
  }
}

t.test('every migration leaves damaged documents as they are, and changes the others', async t => {
  const { url, db } = await startDamagingStore(t)
  const client = await MongoClient.connect(url)
  t.teardown(async () => await client.close())
  for (const [name, { whole, damaged }] of Object.entries(collections)) {
    const documents = damaged.map((document, n) => ({ _id: `damaged ${n}`, ...document }))
    await db.collection<Stored>(name).insertMany([...documents, { _id: 'whole', ...whole }])
    await db.collection<Stored>(name).insertOne({ _id: 'whole too', ...whole, toId: 'eve' })
  }
  const migrations = await findMigrations('plugins/app/operations/migrations')
  for (const { name, up } of migrations) await t.resolves(up(client.db('ambient')), name)
  for (const _id of ['whole', 'whole too']) {
    t.match(await db.collection<Stored>('sessions').findOne({ _id }), { device: '', lastUsedAt: createdAt })
    t.match(await db.collection<Stored>('shows').findOne({ _id }), { words: ['late', 'night'] })
    t.match(await db.collection<Stored>('showEvents').findOne({ _id }), { decidedIn: 's' })
  }
  const revocations = await db.collection<Stored>('showRoleRevocations').find().toArray()
  t.same(revocations.map(({ _id }) => _id).sort(), ['ann:bob', 'ann:eve'])
  for (const [n, document] of (collections.shows?.damaged ?? []).entries()) {
    const _id = `damaged ${n}`
    t.same(await db.collection<Stored>('shows').findOne({ _id }), { _id, ...document })
  }
})
