import t from 'tap'
import { up } from '../../../../../plugins/app/operations/migrations/0001-session-device.ts'
import { onEachBackend } from '../../../../store/backends.ts'

interface Session {
  _id: string
  createdAt: Date
  device?: string
  lastUsedAt?: Date
}

onEachBackend(t, async (t, db) => {
  const sessions = db.collection<Session>('sessions')
  const createdAt = (n: number) => new Date(1_000_000 + n)

  t.test('old sign-ins get an empty device and their creation as last use; newer ones are unchanged', async t => {
    const old = Array.from({ length: 1203 }, (_, n) => ({
      _id: `s${String(n).padStart(4, '0')}`,
      createdAt: createdAt(n)
    }))
    const newer = { _id: 'newer', createdAt: createdAt(0), device: 'Firefox', lastUsedAt: new Date(5_000_000) }
    const half = { _id: 'half', createdAt: createdAt(7), device: 'Safari' }
    await sessions.insertMany([...old, newer, half])
    const expected = [half, newer, ...old].map(session => ({
      device: '',
      lastUsedAt: session.createdAt,
      ...session
    }))
    for (const run of ['first run', 'second run']) {
      await up(db)
      t.same(await sessions.find().sort({ _id: 1 }).toArray(), expected, run)
    }
  })
})
