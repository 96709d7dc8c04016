import t from 'tap'
import { up } from '../../../../../plugins/app/operations/migrations/0003-event-decisions.ts'
import { onEachBackend } from '../../../../store/backends.ts'

interface Event {
  _id: string
  showId: string
  seq: number
  event: { type: string; userId?: string; by?: string | null }
  decidedIn?: string
}

onEachBackend(t, async (t, db) => {
  const events = db.collection<Event>('showEvents')

  t.test('a store without a log is left alone', async () => await up(db))

  t.test('decisions in old logs are marked, and nothing else', async t => {
    const kinds: Array<[Event['event'], boolean]> = [
      [{ type: 'mute:changed', userId: 'ann', by: 'ann' }, false],
      [{ type: 'mute:changed', userId: 'ann', by: 'host' }, true],
      [{ type: 'floor:revoked', userId: 'ann', by: null }, true],
      [{ type: 'cohost:changed', userId: 'ann' }, true],
      [{ type: 'stage:left', userId: 'ann' }, false],
      [{ type: 'show:started' }, false]
    ]
    await events.insertMany(
      Array.from({ length: 600 }, (_, n) => ({ _id: `s:${n}`, showId: 's', seq: n, event: kinds[n % 6]![0] }))
    )
    for (const run of ['first run', 'second run']) {
      await up(db)
      const marked = (await events.find({ decidedIn: 's' }).sort({ seq: 1 }).toArray()).map(({ seq }) => seq)
      t.same(
        marked,
        Array.from({ length: 600 }, (_, n) => n).filter(n => kinds[n % 6]![1]),
        run
      )
    }
  })
})
