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

  t.test('sign-ins from before have no device and were used when they began; later ones stay', async t => {
    const before = Array.from({ length: 1203 }, (_, n) => ({
      _id: `s${String(n).padStart(4, '0')}`,
      createdAt: createdAt(n)
    }))
    const later = { _id: 'later', createdAt: createdAt(0), device: 'Firefox', lastUsedAt: new Date(5_000_000) }
    const half = { _id: 'half', createdAt: createdAt(7), device: 'Safari' }
    await sessions.insertMany([...before, later, half])
    const expected = [half, later, ...before].map(session => ({
      device: '',
      lastUsedAt: session.createdAt,
      ...session
    }))
    for (const when of ['once', 'again']) {
      await up(db)
      t.same(await sessions.find().sort({ _id: 1 }).toArray(), expected, when)
    }
  })
})
