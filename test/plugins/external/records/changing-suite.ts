import type { Test } from 'tap'
import { RecordConflict } from '../../../../plugins/external/records/record-store.ts'
import { all, entry, note, numbers, type Note, type Tables } from './record-suite.ts'

const erased = (record: Note): Note => ({ ...record, text: '', author: 'somebody', deletedAt: new Date(1) })

/** Tests of changing records. */
export async function changingSuite(t: Test, { entries, notes }: Tables): Promise<void> {
  await t.test('each record is changed once; those left alone are not counted', async t => {
    await entries.insertEach(
      numbers(1, 600).map(seq => entry('change', seq, { type: 'said', userId: 'c', words: 'w' }))
    )
    const forget = async () =>
      await entries.changeEach('ofPerson', ['c'], record =>
        record.seq % 2 === 0 ? { ...record, event: { ...record.event, words: '' } } : null
      )
    t.equal(await forget(), 300)
    t.equal(await forget(), 0, 'an equal record is no change')
    const changed = await all(entries.list('place', ['change']))
    t.same(
      changed.map(({ event }) => event.words),
      numbers(1, 600).map(seq => (seq % 2 === 0 ? '' : 'w'))
    )
  })

  await t.test('fields come and go', async t => {
    await entries.append([entry('fields', 1)])
    await entries.changeEach('place', ['fields', 1], record => ({ ...record, marked: 'fields' }))
    t.match(await all(entries.list('byMark', ['fields'])), [{ _id: 'fields:1' }])
    await entries.changeEach('place', ['fields', 1], ({ marked: _, ...record }) => record)
    t.same(await all(entries.list('byMark', ['fields'])), [])
    t.strictSame(await entries.find('place', ['fields', 1]), entry('fields', 1))
  })

  await t.test('values of keys may change, also unique ones, in groups', async t => {
    await notes.insertEach(numbers(1, 300).map(n => note('erased', n, 'rob')))
    const groups: number[] = []
    for (;;) {
      const changed = await notes.changeEach('byAuthor', ['rob'], erased, { limit: 120 })
      if (changed === 0) break
      groups.push(changed)
    }
    t.same(groups, [120, 120, 60])
    t.equal(await notes.count('byAuthor', ['rob']), 0)
    t.equal(await notes.count('byAuthor', ['somebody']), 300)
    t.equal(await notes.find('byKey', ['erased', 'rob', 'c1']), null)
    t.match(await notes.find('byKey', ['erased', 'somebody', 'c1']), { text: '' })
    t.same(
      await notes.insertEach([{ ...note('erased', 1, 'rob'), _id: 'free', at: new Date(7) }]),
      [],
      'the key is free'
    )
  })

  await t.test('a change cannot take the unique values of another record, or leave its place', async t => {
    await notes.insertEach([note('taken', 1), note('taken', 2)])
    const take = notes.changeEach('byKey', ['taken', 'ana', 'c2'], record => ({ ...record, clientId: 'c1' }))
    await t.rejects(take, RecordConflict)
    t.match(await notes.find('byId', [note('taken', 2)._id]), { clientId: 'c2' })
    for (const change of [{ at: new Date(3) }, { _id: 'moved' }, { room: 'moved' }]) {
      const move = notes.changeEach('byId', [note('taken', 1)._id], record => ({ ...record, ...change }))
      await t.rejects(move, /must not change/)
    }
    t.match(await all(notes.list('place', ['taken'])), [note('taken', 1), note('taken', 2)])
  })
}
