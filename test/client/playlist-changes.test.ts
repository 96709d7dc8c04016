import fc from 'fast-check'
import t from 'tap'
import {
  positionAfter,
  applyChange,
  toEntries,
  invertChange,
  matchesEntries,
  isApplicable,
  replaceIds,
  type PlaylistChange
} from '../../client/playlist-changes.ts'
import type { PlaylistItem } from '../../contract/playback.ts'

const item = (id: string): PlaylistItem => ({
  id,
  kind: 'spotify',
  trackId: `track${id}`,
  title: id,
  artists: [],
  album: null,
  durationMs: 1000,
  artworkUrl: null,
  link: null,
  available: true
})
const list = (letters: string) => [...letters].map(item)
const ids = (items: readonly PlaylistItem[]) => items.map(({ id }) => id).join('')

const letters = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { minLength: 0, maxLength: 8 })
const anyOf = fc.constantFrom(...'abcdefgh')
const anchor = fc.uniqueArray(anyOf)
const anyChange: fc.Arbitrary<PlaylistChange> = fc.oneof(
  fc.record({
    type: fc.constant('insert' as const),
    items: fc.uniqueArray(fc.constantFrom(...'uvwxyz')).map(names => names.map(item)),
    after: anchor
  }),
  fc.record({ type: fc.constant('remove' as const), ids: fc.uniqueArray(anyOf) }),
  fc.record({ type: fc.constant('move' as const), ids: fc.uniqueArray(anyOf), after: anchor })
)

t.test('changes insert, remove and move items', async t => {
  const abc = list('abc')
  t.equal(ids(applyChange(abc, { type: 'insert', items: list('xy'), after: ['a'] })), 'axybc')
  t.equal(ids(applyChange(abc, { type: 'insert', items: list('x'), after: [] })), 'xabc')
  t.equal(
    ids(applyChange(abc, { type: 'insert', items: list('x'), after: ['gone', 'b', 'a'] })),
    'abxc',
    'the nearest item to follow is gone'
  )
  t.equal(
    ids(applyChange(abc, { type: 'insert', items: list('ax'), after: ['c'] })),
    'abcx',
    'an item in the list is not inserted again'
  )
  t.equal(ids(applyChange(abc, { type: 'remove', ids: ['b', 'gone'] })), 'ac')
  t.equal(ids(applyChange(abc, { type: 'move', ids: ['a'], after: ['c'] })), 'bca')
  t.equal(ids(applyChange(abc, { type: 'move', ids: ['c', 'a'], after: [] })), 'cab')
  t.equal(ids(applyChange(abc, { type: 'move', ids: ['c'], after: ['gone', 'a'] })), 'acb')
  t.equal(ids(applyChange(abc, { type: 'move', ids: ['c'], after: ['gone'] })), 'cab', 'all items to follow are gone')
  t.equal(ids(applyChange(abc, { type: 'move', ids: ['gone'], after: ['b', 'a'] })), 'abc')
  t.same([positionAfter(abc, 'b'), positionAfter(abc, null), positionAfter(abc, 'gone')], [['b', 'a'], [], []])
})

t.test('any sequence of changes can be undone and creates no duplicates', async () => {
  fc.assert(
    fc.property(letters, fc.array(anyChange, { maxLength: 6 }), (names, changes) => {
      const before = names.map(item)
      const undos: PlaylistChange[][] = []
      let now: readonly PlaylistItem[] = before
      for (const change of changes) {
        // An editor cannot insert an item that is in the list.
        if (change.type === 'insert' && change.items.some(({ id }) => now.some(known => known.id === id))) continue
        undos.unshift(invertChange(now, change))
        now = applyChange(now, change)
        if (new Set(now.map(({ id }) => id)).size !== now.length) return false
      }
      return ids(undos.flat().reduce(applyChange, now)) === ids(before)
    })
  )
})

t.test('a change applied to the list of another editor keeps their work', async () => {
  fc.assert(
    fc.property(letters, anyChange, (names, change) => {
      const theirs = names.map(item)
      const both = applyChange(theirs, change)
      const gone = change.type === 'remove' ? change.ids : []
      const added = change.type === 'insert' ? change.items.length : 0
      return (
        theirs.every(({ id }) => gone.includes(id) || both.some(other => other.id === id)) &&
        both.length === theirs.filter(({ id }) => !gone.includes(id)).length + added &&
        (isApplicable(theirs, change) || ids(both) === ids(theirs))
      )
    })
  )
})

t.test('changes follow items to the ids given by the server', async t => {
  const names = new Map([['new-1', 'a']])
  t.same(replaceIds({ type: 'move', ids: ['new-1'], after: ['b'] }, names), { type: 'move', ids: ['a'], after: ['b'] })
  t.same(replaceIds({ type: 'remove', ids: ['new-1', 'c'] }, names), { type: 'remove', ids: ['a', 'c'] })
  t.same(replaceIds({ type: 'insert', items: [item('new-1')], after: ['new-1'] }, names), {
    type: 'insert',
    items: [{ ...item('new-1'), id: 'a' }],
    after: ['a']
  })
})

t.test('entries carry the ids that the server knows, and the saved list is recognised', async t => {
  const song: PlaylistItem = { ...item('s'), kind: 'song', songId: 'song-1' }
  const entries = toEntries([item('a'), item('new-1'), song], [item('a'), song])
  t.same(entries, [
    { id: 'a', kind: 'spotify', trackId: 'tracka' },
    { kind: 'spotify', trackId: 'tracknew-1' },
    { id: 's', kind: 'song', songId: 'song-1' }
  ])
  t.ok(matchesEntries(entries, [item('a'), { ...item('b'), trackId: 'tracknew-1' }, song]))
  t.notOk(matchesEntries(entries, [{ ...item('a'), id: 'other' }, item('new-1'), song]))
  t.notOk(matchesEntries(entries, [item('a'), item('b'), song]))
  t.notOk(matchesEntries(entries, [item('a'), item('new-1')]))
})
