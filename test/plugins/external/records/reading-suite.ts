import type { Test } from 'tap'
import type { KeyChoices, RecordRange } from '../../../../plugins/external/records/record-store.ts'
import { all, entry, note, numbers, type Tables } from './record-suite.ts'

/** Tests of finding, listing and counting records. */
export async function readingSuite(t: Test, { entries, notes, sheets }: Tables): Promise<void> {
  await t.test('records of a partition come in the order of the key, and in ranges of it', async t => {
    const orders = [300, 2, 1, 10_000, 9, 10, 299, 2 ** 40]
    const sorted = [1, 2, 9, 10, 299, 300, 10_000, 2 ** 40]
    await entries.insertEach([...orders.map(seq => entry('read', seq)), entry('rea', 1), entry('read2', 1)])
    const seqs = async (range?: RecordRange) =>
      (await all(entries.list('place', ['read'], range))).map(({ seq }) => seq)
    t.same(await seqs(), sorted)
    t.same(await seqs({ reverse: true }), sorted.toReversed())
    t.same(await seqs({ after: [9] }), sorted.slice(3))
    t.same(await seqs({ before: [9] }), [1, 2])
    t.same(await seqs({ after: [1], before: [299], reverse: true, limit: 2 }), [10, 9])
    t.same(await seqs({ limit: 3 }), [1, 2, 9])
    t.same(await seqs({ after: [2 ** 40] }), [])
    t.same(await seqs({ after: [9], before: [9] }), [], 'a range without a place')
    t.same(await seqs({ after: [300], before: [2] }), [], 'a range whose end is before its beginning')
    t.same(await seqs({ after: [300], before: [2], reverse: true, limit: 1 }), [])
    t.equal(await entries.count('place', ['read']), sorted.length)
    t.equal(await entries.count('place', ['nothing']), 0)
    t.same(await all(entries.list('place', ['nothing'])), [])
  })

  await t.test('long lists come whole, and a reader may stop', async t => {
    const words = 'x'.repeat(2000)
    await entries.insertEach(numbers(1, 1500).map(seq => entry('long', seq, { type: 'said', words })))
    t.same(
      (await all(entries.list('place', ['long']))).map(({ seq }) => seq),
      numbers(1, 1500)
    )
    for await (const { seq } of entries.list('place', ['long'])) if (seq === 700) break
    const page = await all(entries.list('place', ['long'], { after: [100], limit: 500 }))
    t.same(
      page.map(({ seq }) => seq),
      numbers(101, 600)
    )
  })

  await t.test('the order of dates and ids is that of time, then of the id', async t => {
    const at = new Date(1_700_000_000_005)
    const same = ['b', 'A', 'a', '-', 'é'].map((_id, n) => ({ ...note('page', n), _id, at }))
    await notes.insertEach([note('page', 10), ...same, { ...note('page', 11), _id: 'early', at: new Date(0) }])
    const order = ['early', '-', 'A', 'a', 'b', 'é', 'page-ana-10']
    const ids = async (range?: RecordRange) => (await all(notes.list('place', ['page'], range))).map(({ _id }) => _id)
    t.same(await ids(), order)
    t.same(await ids({ before: [at, 'a'], reverse: true }), ['A', '-', 'early'], 'behind the end of a page')
    t.same(await ids({ before: [at, 'a'], reverse: true, limit: 1 }), ['A'])
    t.same(await ids({ after: [at, 'a'] }), ['b', 'é', 'page-ana-10'])
    t.same(await ids({ after: [at] }), ['page-ana-10'])
    t.same(await ids({ before: [at], reverse: true }), ['early'])
    t.same(await ids({ after: [at, '-'], before: [at, 'b'] }), ['A', 'a'])
  })

  await t.test('further keys find records, also by several values at once', async t => {
    const log = [
      entry('keys', 1, { type: 'said', userId: 'ana' }),
      entry('keys', 2, { type: 'left', userId: 'ben' }),
      entry('keys', 3, { type: 'came', userId: 'ben' }),
      entry('keys', 4, { type: 'said', userId: 'ben' }),
      entry('keys', 5, { type: 'said' }),
      entry('keys2', 1, { type: 'said', userId: 'ben' })
    ].map(record => (record.seq > 2 ? { ...record, marked: record.room } : record))
    await entries.insertEach(log)
    const ids = async (key: 'byType' | 'byPerson' | 'byMark' | 'ofPerson', values: KeyChoices, range?: RecordRange) =>
      (await all(entries.list(key, values, range))).map(({ _id }) => _id)
    t.same(await ids('byType', ['keys', 'said']), ['keys:1', 'keys:4', 'keys:5'])
    t.same(await ids('byType', ['keys', 'said'], { before: [5], reverse: true }), ['keys:4', 'keys:1'])
    t.same(await ids('byType', ['keys', ['said', 'left']], { reverse: true }), ['keys:5', 'keys:4', 'keys:2', 'keys:1'])
    t.same(await ids('byType', ['keys', ['said', 'left']], { after: [1], limit: 2 }), ['keys:2', 'keys:4'])
    t.same(await ids('byType', ['keys', []]), [])
    t.same(await ids('byType', ['keys', ['said']]), ['keys:1', 'keys:4', 'keys:5'])
    t.same(await ids('byMark', ['keys']), ['keys:3', 'keys:4', 'keys:5'])
    t.same(await ids('byPerson', ['ben', 'said', 'keys']), ['keys:4'])
    t.same(await ids('byPerson', [['ana', 'ben'], ['said', 'came'], 'keys'], { reverse: true }), [
      'keys:4',
      'keys:3',
      'keys:1'
    ])
    t.same((await ids('ofPerson', ['ben'])).sort(), ['keys2:1', 'keys:2', 'keys:3', 'keys:4'])
    t.equal(await entries.count('ofPerson', ['ben']), 4)
    t.match(await notes.find('byKey', ['nobody', 'ana', 'c1']), null)
  })

  await t.test('a record is found by each value of a list', async t => {
    await sheets.put({
      _id: 'listed',
      names: ['eva', 'finn'],
      parts: [
        { name: 'eva', n: 1 },
        { name: null, n: 2 }
      ]
    })
    await sheets.put({
      _id: 'listed2',
      names: ['finn'],
      parts: [
        { name: 'gus', n: 1 },
        { name: 'gus', n: 2 }
      ]
    })
    const ids = async (key: 'byName' | 'byPart', name: string) =>
      (await all(sheets.list(key, [name]))).map(({ _id }) => _id).sort()
    t.same(await ids('byName', 'finn'), ['listed', 'listed2'])
    t.same(await ids('byPart', 'eva'), ['listed'])
    t.same(await ids('byPart', 'gus'), ['listed2'], 'once')
    t.equal(await sheets.count('byPart', ['gus']), 1)
    await sheets.put({ _id: 'listed2', names: [] })
    t.same([await ids('byName', 'finn'), await ids('byPart', 'gus')], [['listed'], []])
  })

  await t.test('many places are read at once, in any order and with repeats', async t => {
    await entries.insertEach([...numbers(1, 600).map(seq => entry('many', seq)), entry('many2', 7)])
    const places = [...numbers(1, 600).map(seq => ['many', seq] as const), ['many2', 7] as const]
    const found = await entries.findMany([...places, ['many', 1], ['many', 9999], ['nothing', 1]])
    t.equal(found.length, 601)
    t.equal(new Set(found.map(({ _id }) => _id)).size, 601)
    t.same(await entries.findMany([]), [])
    await sheets.put({ _id: 'many', names: ['left out'] })
    const [sheet] = await sheets.findMany([['many'], ['nothing']], { without: ['parts'] })
    t.equal(sheet?._id, 'many')
  })

  await t.test('keys may have any characters', async t => {
    for (const room of ['a:b', 'a', 'a b', 'a#b', 'a\u0000b', 'a%3Ab', '\u{1F3B5}', 'ä']) {
      await entries.append([entry(room, 1), entry(room, 2)])
      t.same(
        (await all(entries.list('place', [room]))).map(({ seq }) => seq),
        [1, 2],
        JSON.stringify(room)
      )
    }
  })
}
