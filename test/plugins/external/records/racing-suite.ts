import type { Test } from 'tap'
import { RecordConflict } from '../../../../plugins/external/records/record-store.ts'
import { all, entry, note, numbers, type Tables } from './record-suite.ts'

const racers = numbers(0, 19)

/** Tests of writers at the same time. */
export async function racingSuite(t: Test, { entries, notes, sheets }: Tables): Promise<void> {
  await t.test('of twenty writers that append to the same twenty slots, one wins each slot', async t => {
    for (const round of racers) {
      const room = `race ${round}`
      const results = await Promise.allSettled(
        racers.map(async racer => {
          const type = `racer ${racer}`
          await entries.append([entry(room, 1, { type }), entry(room, 2, { type })])
        })
      )
      const lost = results.flatMap(result => (result.status === 'rejected' ? [result.reason as unknown] : []))
      t.equal(lost.length, 19)
      t.ok(
        lost.every(error => error instanceof RecordConflict && error.position === 0),
        'behind no first slot of others'
      )
      const stored = await all(entries.list('place', [room]))
      const winner = `racer ${results.findIndex(({ status }) => status === 'fulfilled')}`
      t.same(
        stored.map(({ seq, event }) => [seq, event.type]),
        [
          [1, winner],
          [2, winner]
        ]
      )
    }
  })

  await t.test('of twenty notes with one key, one is stored', async t => {
    for (const round of racers) {
      const room = `key ${round}`
      const taken = await Promise.all(
        racers.map(
          async n => await notes.insertEach([{ ...note(room, n), clientId: 'same' }, note(room, n, `own ${n}`)])
        )
      )
      t.equal(taken.filter(positions => positions.length === 0).length, 1)
      t.equal(taken.filter(([position]) => position === 0).length, 19)
      t.equal(await notes.count('place', [room]), 21)
    }
  })

  await t.test('no change at the same time is lost', async t => {
    await sheets.put({ _id: 'counted', token: 0, names: [] })
    const changes = racers.map(async n =>
      n % 2 === 0
        ? await sheets.changeEach('place', ['counted'], sheet => ({ ...sheet, token: (sheet.token ?? 0) + 1 }))
        : await sheets.changeEach('place', ['counted'], sheet => ({ ...sheet, names: [...sheet.names, `n${n}`] }))
    )
    t.same(
      await Promise.all(changes),
      racers.map(() => 1),
      'each counts its own'
    )
    const counted = await sheets.find('place', ['counted'])
    t.equal(counted?.token, 10)
    t.same(
      counted?.names.toSorted(),
      racers
        .filter(n => n % 2 === 1)
        .map(n => `n${n}`)
        .sort()
    )
  })

  await t.test('a change does not undo a record that was put meanwhile', async t => {
    for (const round of racers) {
      const _id = `put ${round}`
      await sheets.put({ _id, token: 1, names: ['old'] })
      await Promise.all([
        sheets.changeEach('place', [_id], sheet => ({ ...sheet, names: [...sheet.names, 'added'] })),
        sheets.put({ _id, token: 2, names: ['new'] })
      ])
      const names = (await sheets.find('place', [_id]))?.names.join()
      t.ok(names === 'new' || names === 'new,added', String(names))
    }
  })

  await t.test('of concurrent replacements the greatest stays', async t => {
    for (const round of racers) {
      const _id = `greatest ${round}`
      await Promise.allSettled(
        racers.map(async token => await sheets.put({ _id, token, names: [] }, { unlessGreater: 'token' }))
      )
      t.equal((await sheets.find('place', [_id]))?.token, 19)
    }
  })
}
