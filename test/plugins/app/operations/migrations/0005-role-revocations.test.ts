import t from 'tap'
import { up } from '../../../../../plugins/app/operations/migrations/0005-role-revocations.ts'
import { createRoleRevocations } from '../../../../../plugins/app/shows/role-revocations.ts'
import { onEachBackend } from '../../../../store/backends.ts'

onEachBackend(t, async (t, db) => {
  t.test('older blocks revoke the roles that people had before them, and later revocations stay', async t => {
    const blockedAt = new Date('2026-01-02')
    const before = new Date('2026-01-01')
    const after = new Date('2026-01-03')
    await up(db)
    const blocks = Array.from({ length: 300 }, (_, n) => ({ fromId: 'ann', toId: `p${n}`, createdAt: blockedAt }))
    await db.collection('blocks').insertMany(blocks)
    const revocations = await createRoleRevocations(db)
    await revocations.add('ann', 'p7')
    for (const run of ['first run', 'second run']) {
      await up(db)
      for (const userId of ['p0', 'p299']) {
        t.equal(await revocations.isRevokedSince('ann', userId, before), true, run)
        t.equal(await revocations.isRevokedSince('ann', userId, after), false, run)
      }
      t.equal(await revocations.isRevokedSince('ann', 'p7', after), true, 'a later revocation')
      t.equal(await revocations.isRevokedSince('p0', 'ann', before), false, 'the other way around')
    }
  })
})
