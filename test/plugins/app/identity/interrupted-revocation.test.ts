import { MongoClient } from 'mongodb'
import t from 'tap'
import type { SessionDocument } from '../../../../plugins/app/identity/session-records.ts'
import { createSessions } from '../../../../plugins/app/identity/sessions.ts'
import { startScratchStore } from '../../../store/backends.ts'

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url)
t.teardown(async () => {
  await client.close()
  await store.close()
})

t.test('an interrupted revocation has ended the sign-ins that it stored as revoked', async t => {
  const documents = client.db().collection<SessionDocument>('sessions')
  const sessions = await createSessions({
    sessions: documents,
    refreshTtlMs: 60_000,
    accessTtlMs: 60_000,
    admit: async () => {}
  })
  const told = new Set<string>()
  sessions.onRevoked(signInIds => {
    for (const signInId of signInIds) told.add(signInId)
  })
  for (let n = 0; n < 300; n++) await sessions.open('person', 'device')

  const updateMany = documents.updateMany.bind(documents)
  let updates = 0
  documents.updateMany = async (...args) => {
    if (++updates === 2) throw new Error('connection lost')
    return await updateMany(...args)
  }
  await t.rejects(sessions.revokeAll('person'), { message: 'connection lost' })
  const stored = await documents.find({ revokedAt: { $ne: null } }).toArray()
  t.equal(stored.length, 250)
  for (const { _id } of stored) t.ok(sessions.isRevoked(_id) && told.has(_id), _id)

  await sessions.revokeAll('person')
  t.equal(told.size, 300)
  t.equal(await documents.countDocuments({ revokedAt: null }), 0)
})
