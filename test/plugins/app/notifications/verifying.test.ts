import t from 'tap'
import {
  createEmailAddresses,
  type EmailAddressDocument
} from '../../../../plugins/app/notifications/email/email-addresses.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'
import { onEachBackend } from '../../../store/backends.ts'

onEachBackend(t, async (t, db) => {
  const stored = db.collection<EmailAddressDocument>('emailAddresses')

  await t.test('a link that was opened while the store failed ends the block when it is opened again', async t => {
    const entry = { _id: 'ana', entryId: 'first', address: 'ana@example.org' }
    const check = { expiresAt: new Date(1000), attempts: 1 }
    await stored.insertOne(standIn<EmailAddressDocument>({ ...entry, verifiedAt: null, refusedAt: null, check }))
    const blocked = new Set(['ana@example.org'])
    const failures = [new Error('no store')]
    const { verify, get } = await createEmailAddresses({
      addresses: stored,
      tokens: standIn({ read: () => ({ userId: 'ana', entryId: 'first' }) }),
      limits: standIn({}),
      blocked: {
        idOf: address => address,
        has: async address => blocked.has(address),
        among: async () => blocked,
        async block() {},
        async unblock(id) {
          const failure = failures.shift()
          if (failure) throw failure
          blocked.delete(id)
        }
      },
      preferences: standIn({}),
      isAvailable: true,
      nowMs: () => 0
    })
    await t.rejects(verify('token'), /no store/)
    await verify('token')
    t.match(await get('ana'), { status: 'verified' })
    await verify('token')
  })
})
