import type { Test } from 'tap'
import { RecordConflict } from '../../../../plugins/external/records/record-store.ts'
import { all, entry, note, numbers, type Sheet, type Tables } from './record-suite.ts'

/** Tests of storing and removing records. */
export async function writingSuite(t: Test, { entries, notes, sheets }: Tables): Promise<void> {
  const seqsOf = async (room: string) => (await all(entries.list('place', [room]))).map(({ seq }) => seq)

  await t.test('a record comes back as it was stored, without fields that are undefined', async t => {
    const stored = entry('whole', 1, { type: 'said', userId: 'ana', words: undefined })
    await entries.append([stored])
    const found = await entries.find('place', ['whole', 1])
    t.strictSame(found, { _id: 'whole:1', room: 'whole', seq: 1, event: { type: 'said', userId: 'ana' } })
    const sheet: Sheet = { _id: 'whole', names: [], parts: [{ name: null, n: 0.5 }], expiresAt: new Date(9e12) }
    await sheets.put(sheet)
    t.strictSame(await sheets.find('place', ['whole']), sheet, 'also after it was put')
    await sheets.changeEach('place', ['whole'], record => ({ ...record, names: ['ana'] }))
    t.strictSame(await sheets.find('place', ['whole']), { ...sheet, names: ['ana'] }, 'and after it was changed')
    t.strictSame(await all(sheets.list('byName', ['ana'])), [{ ...sheet, names: ['ana'] }])
    t.strictSame(await all(sheets.listDecoded('byName', ['ana'])), [{ record: { ...sheet, names: ['ana'] } }])
    t.strictSame(await sheets.findMany([['whole']]), [{ ...sheet, names: ['ana'] }])
    t.equal(await sheets.find('place', ['other']), null)
  })

  await t.test('appending stops at the first place that is taken', async t => {
    await entries.append([])
    await entries.append([entry('log', 1), entry('log', 3)])
    await t.rejects(entries.append([entry('log', 1)]), { name: 'RecordConflict', position: 0 })
    const late = entries.append([entry('log', 2), entry('log', 3), entry('log', 4)])
    await t.rejects(late, { name: 'RecordConflict', position: 1 })
    t.same(await seqsOf('log'), [1, 2, 3], 'all before it are stored, none behind it')
    await entries.append(numbers(4, 700).map(seq => entry('log', seq)))
    t.same(await seqsOf('log'), numbers(1, 700), 'many at once')
    const long = entries.append([...numbers(701, 1000), 700, ...numbers(1001, 1100)].map(seq => entry('log', seq)))
    await t.rejects(long, { name: 'RecordConflict', position: 300 })
    t.same(await seqsOf('log'), numbers(1, 1000))
    await t.rejects(
      notes.append([note('log', 1), note('log', 1)]),
      { name: 'RecordConflict', position: 1 },
      'twice in one call'
    )
  })

  await t.test('inserting stores all records but those that are taken', async t => {
    t.same(await notes.insertEach([]), [])
    t.same(await notes.insertEach([note('set', 1), note('set', 2)]), [])
    const again = { ...note('set', 2), _id: 'other', at: new Date(5) }
    t.same(await notes.insertEach([note('set', 3), again, note('set', 1), note('set', 4)]), [1, 2])
    t.same(
      (await all(notes.list('place', ['set']))).map(({ clientId }) => clientId),
      ['c1', 'c2', 'c3', 'c4']
    )
    const many = numbers(1, 300).map(n => note('set', n))
    t.same(await notes.insertEach(many), [0, 1, 2, 3])
    t.equal(await notes.count('place', ['set']), 300)
    t.same(await notes.insertEach([{ ...note('elsewhere', 1), _id: note('set', 1)._id }]), [0], 'the id is taken')
    t.equal(await notes.count('place', ['elsewhere']), 0)
  })

  await t.test('a record replaces an earlier one, unless that is greater', async t => {
    const put = async (n: number, token?: number) => {
      const sheet: Sheet = { _id: 'replaced', names: [`n${n}`], ...(token !== undefined && { token }) }
      await sheets.put(sheet, { unlessGreater: 'token' })
    }
    await put(1)
    await put(2, 3)
    await put(3, 3)
    t.match(await sheets.find('place', ['replaced']), { names: ['n3'], token: 3 })
    await t.rejects(put(4, 2), RecordConflict)
    await t.rejects(put(5), RecordConflict, 'a missing field counts as 0')
    t.match(await sheets.find('place', ['replaced']), { names: ['n3'] })
    t.same(await all(sheets.list('byName', ['n1'])), [], 'values of the replaced record find nothing')
    await sheets.put({ _id: 'replaced', names: [] })
    t.strictSame(await sheets.find('place', ['replaced']), { _id: 'replaced', names: [] }, 'without a condition')
  })

  await t.test('a record cannot have the unique values of another one', async t => {
    await notes.put(note('unique', 1))
    await t.rejects(notes.put({ ...note('unique', 2), clientId: 'c1' }), RecordConflict)
    await notes.put({ ...note('unique', 1), text: 'again' })
    t.same(
      (await all(notes.list('place', ['unique']))).map(({ text }) => text),
      ['again']
    )
  })

  await t.test('what a key finds is removed, and its places and values are free again', async t => {
    await notes.insertEach([...numbers(1, 600).map(n => note('gone', n)), note('kept', 1)])
    await notes.remove('byKey', ['gone', 'ana', 'c600'])
    t.equal(await notes.count('place', ['gone']), 599)
    await notes.remove('place', ['gone'])
    await notes.remove('place', ['gone'])
    t.equal(await notes.count('place', ['gone']), 0)
    t.equal(await notes.find('byId', [note('gone', 1)._id]), null)
    t.equal(await notes.find('byKey', ['gone', 'ana', 'c1']), null)
    t.equal(await notes.count('place', ['kept']), 1)
    t.same(await notes.insertEach([note('gone', 1)]), [])
    await sheets.put({ _id: 'gone', names: ['zoe', 'yan'] })
    await sheets.put({ _id: 'stays', names: ['yan'] })
    await sheets.remove('byName', ['zoe'])
    t.equal(await sheets.find('place', ['gone']), null)
    t.same(
      (await all(sheets.list('byName', ['yan']))).map(({ _id }) => _id),
      ['stays']
    )
    await sheets.remove('place', ['stays'])
    t.equal(await sheets.find('place', ['stays']), null)
  })
}
