import fc from 'fast-check'
import t from 'tap'
import {
  behind,
  changed,
  entriesOf,
  inverse,
  isWhatWasSent,
  makesSense,
  renamed,
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

t.test('changes do what they say', async t => {
  const abc = list('abc')
  t.equal(ids(changed(abc, { type: 'insert', items: list('xy'), after: ['a'] })), 'axybc')
  t.equal(ids(changed(abc, { type: 'insert', items: list('x'), after: [] })), 'xabc')
  t.equal(
    ids(changed(abc, { type: 'insert', items: list('x'), after: ['gone', 'b', 'a'] })),
    'abxc',
    'what it was to follow is gone'
  )
  t.equal(ids(changed(abc, { type: 'insert', items: list('ax'), after: ['c'] })), 'abcx', 'nothing is there twice')
  t.equal(ids(changed(abc, { type: 'remove', ids: ['b', 'gone'] })), 'ac')
  t.equal(ids(changed(abc, { type: 'move', ids: ['a'], after: ['c'] })), 'bca')
  t.equal(ids(changed(abc, { type: 'move', ids: ['c', 'a'], after: [] })), 'cab')
  t.equal(ids(changed(abc, { type: 'move', ids: ['c'], after: ['gone', 'a'] })), 'acb')
  t.equal(ids(changed(abc, { type: 'move', ids: ['c'], after: ['gone'] })), 'cab', 'and nothing before it is left')
  t.equal(ids(changed(abc, { type: 'move', ids: ['gone'], after: ['b', 'a'] })), 'abc')
  t.same([behind(abc, 'b'), behind(abc, null), behind(abc, 'gone')], [['b', 'a'], [], []])
})

t.test('whatever is done can be undone, and nothing is there twice', async () => {
  fc.assert(
    fc.property(letters, fc.array(anyChange, { maxLength: 6 }), (names, changes) => {
      const before = names.map(item)
      const undos: PlaylistChange[][] = []
      let now: readonly PlaylistItem[] = before
      for (const change of changes) {
        // Inserting what is there already is nothing an editor can do.
        if (change.type === 'insert' && change.items.some(({ id }) => now.some(known => known.id === id))) continue
        undos.unshift(inverse(now, change))
        now = changed(now, change)
        if (new Set(now.map(({ id }) => id)).size !== now.length) return false
      }
      return ids(undos.flat().reduce(changed, now)) === ids(before)
    })
  )
})

t.test('on another list a change keeps what others did', async () => {
  fc.assert(
    fc.property(letters, anyChange, (names, change) => {
      const theirs = names.map(item)
      const both = changed(theirs, change)
      const gone = change.type === 'remove' ? change.ids : []
      const added = change.type === 'insert' ? change.items.length : 0
      return (
        theirs.every(({ id }) => gone.includes(id) || both.some(other => other.id === id)) &&
        both.length === theirs.filter(({ id }) => !gone.includes(id)).length + added &&
        (makesSense(theirs, change) || ids(both) === ids(theirs))
      )
    })
  )
})

t.test('what got an id is still meant', async t => {
  const names = new Map([['new-1', 'a']])
  t.same(renamed({ type: 'move', ids: ['new-1'], after: ['b'] }, names), { type: 'move', ids: ['a'], after: ['b'] })
  t.same(renamed({ type: 'remove', ids: ['new-1', 'c'] }, names), { type: 'remove', ids: ['a', 'c'] })
  t.same(renamed({ type: 'insert', items: [item('new-1')], after: ['new-1'] }, names), {
    type: 'insert',
    items: [{ ...item('new-1'), id: 'a' }],
    after: ['a']
  })
})

t.test('a list is sent with the ids the server knows, and recognised', async t => {
  const song: PlaylistItem = { ...item('s'), kind: 'song', songId: 'song-1' }
  const entries = entriesOf([item('a'), item('new-1'), song], [item('a'), song])
  t.same(entries, [
    { id: 'a', kind: 'spotify', trackId: 'tracka' },
    { kind: 'spotify', trackId: 'tracknew-1' },
    { id: 's', kind: 'song', songId: 'song-1' }
  ])
  t.ok(isWhatWasSent(entries, [item('a'), { ...item('b'), trackId: 'tracknew-1' }, song]))
  t.notOk(isWhatWasSent(entries, [{ ...item('a'), id: 'other' }, item('new-1'), song]))
  t.notOk(isWhatWasSent(entries, [item('a'), item('b'), song]))
  t.notOk(isWhatWasSent(entries, [item('a'), item('new-1')]))
})
