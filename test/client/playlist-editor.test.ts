import fc from 'fast-check'
import t from 'tap'
import {
  CodedError,
  PlaylistEditor,
  type Playlist,
  type PlaylistItem,
  type PlaylistView,
  type RoomView
} from '../../client/index.ts'
import type { PlaylistEdit } from '../../contract/playlist.ts'
import { emptyView } from '../../client/room-view.ts'
import { createManualClock } from './manual-clock.ts'

const track = (name: string): Omit<PlaylistItem, 'id'> => ({
  kind: 'spotify',
  trackId: name,
  title: name,
  artists: [],
  album: null,
  durationMs: 1000,
  artworkUrl: null,
  link: null,
  available: true
})
const titles = (items: readonly { title: string }[] | null) => (items ?? []).map(({ title }) => title).join(' ')

/** One playlist as the server keeps it: stale edits are refused, ids are given and kept. */
function keepPlaylist(...names: string[]) {
  let made = 0
  let list: Playlist = { version: 1, items: names.map(name => ({ id: `i${++made}`, ...track(name) })) }
  const failures: (CodedError | 'afterwards')[] = []
  const calls: string[] = []
  const kept = {
    calls,
    /** The next saves fail so; `afterwards`: it is stored, and the answer lost. */
    failures,
    get list() {
      return list
    },
    async get() {
      calls.push('get')
      return list
    },
    async put(_showId: string, { version, items }: PlaylistEdit) {
      calls.push('put')
      const failure = failures.shift()
      if (failure instanceof CodedError) throw failure
      if (version !== list.version) throw new CodedError('CONFLICT', 'stale')
      if (items.some(({ id }) => id !== undefined && !list.items.some(known => known.id === id))) {
        throw new CodedError('VALIDATION', 'not an id of this list')
      }
      list = {
        version: version + 1,
        items: items.map(entry => ({
          id: entry.id ?? `i${++made}`,
          ...track(entry.kind === 'spotify' ? entry.trackId : entry.songId)
        }))
      }
      if (failure) throw new CodedError('UNAVAILABLE', 'no answer')
      return list
    }
  }
  return kept
}

function edit(
  playlists: ReturnType<typeof keepPlaylist>,
  more: { room?: { view: RoomView; subscribe: (changed: () => void) => () => void } } = {}
) {
  const clock = createManualClock()
  const editor = new PlaylistEditor({ showId: 'show', playlists, clock, ...more })
  const until = async (isSo: (view: PlaylistView) => boolean) =>
    await new Promise<PlaylistView>(resolve => {
      const look = () => {
        if (!isSo(editor.view)) return
        stop()
        resolve(editor.view)
      }
      const stop = editor.subscribe(look)
      look()
    })
  const saved = async () => await until(({ state }) => state === 'saved')
  return { editor, clock, until, saved }
}

t.test('changes are shown at once and saved together, and can be undone', async t => {
  const kept = keepPlaylist('a', 'b', 'c')
  const { editor, saved } = edit(kept)
  t.match(editor.view, { items: null, state: 'loading' })
  t.equal(titles((await saved()).items), 'a b c')
  editor.insert([track('x')])
  editor.move(['i3'], null)
  editor.remove(['i1'])
  t.match(editor.view, { state: 'saving', canUndo: true })
  t.equal(titles(editor.view.items), 'c b x')
  await saved()
  t.equal(titles(kept.list.items), 'c b x')
  t.same(kept.calls, ['get', 'put', 'put'], 'what was done while the first was saved goes together')
  t.equal(editor.view.items?.[0]?.id, 'i3', 'an item keeps its id')
  for (let n = 0; n < 3; n++) editor.undo()
  t.notOk(editor.view.canUndo)
  await saved()
  t.equal(titles(kept.list.items), 'a b c')
})

t.test('what is done and undone before it is sent is not sent', async t => {
  const kept = keepPlaylist('a')
  const { editor, saved } = edit(kept)
  editor.insert([track('x')])
  editor.undo()
  await saved()
  t.same(kept.calls, ['get'])
})

t.test('what is done with something new while it is being saved is done with what the server makes of it', async t => {
  const kept = keepPlaylist('a', 'b')
  const { editor, saved } = edit(kept)
  await saved()
  editor.insert([track('x'), track('y')])
  t.equal(editor.view.state, 'saving')
  const [, , x, y] = editor.view.items ?? []
  editor.move([y?.id ?? ''], null)
  editor.remove([x?.id ?? ''])
  await saved()
  t.equal(titles(kept.list.items), 'y a b')
})

t.test("of two editors nobody's work is lost, and it is said", async t => {
  const kept = keepPlaylist('a', 'b', 'c')
  const [one, other] = [edit(kept), edit(kept)]
  await one.saved()
  await other.saved()
  one.editor.move(['i3'], null)
  other.editor.insert([track('x')], 'i1')
  await one.saved()
  const { merged } = await other.saved()
  t.same(merged, { lost: 0 })
  t.equal(titles(kept.list.items), 'c a x b')
  one.editor.refresh()
  t.equal(titles((await one.until(({ items }) => titles(items) === 'c a x b')).items), 'c a x b')
  one.editor.remove(['i2'])
  await one.saved()
  other.editor.move(['i2'], null)
  t.match((await other.until(({ merged }) => merged?.lost === 1)).merged, { lost: 1 }, "what is gone can't be moved")
  await other.saved()
  t.equal(titles(other.editor.view.items), 'c a x')
})

t.test('two editors at once, whatever they do, end with the same list and with everything they added', async () => {
  const move = fc.record({ kind: fc.constantFrom('insert', 'move', 'remove', 'undo'), at: fc.nat(9), to: fc.nat(9) })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), move), { maxLength: 12 }), async steps => {
      const kept = keepPlaylist('a', 'b', 'c')
      const editors = [edit(kept), edit(kept)] as const
      for (const { saved } of editors) await saved()
      const added: string[] = []
      for (const [first, { kind, at, to }] of steps) {
        const { editor } = editors[first ? 0 : 1]
        const items = editor.view.items ?? []
        const of = (n: number) => items[n % Math.max(1, items.length)]?.id ?? null
        const from = of(at)
        if (kind === 'insert') {
          added.push(`x${added.length}`)
          editor.insert([track(`x${added.length - 1}`)], of(to))
        } else if (kind === 'move' && from !== null) editor.move([from], of(to) === from ? null : of(to))
        else if (
          kind === 'remove' &&
          from !== null &&
          ['a', 'b', 'c'].includes(items.find(({ id }) => id === from)?.title ?? '')
        ) {
          editor.remove([from])
        }
        // An undo may take an addition back; it is not what is looked at here.
      }
      for (const { saved } of editors) await saved()
      // Only now is the list what it stays.
      for (const { editor } of editors) editor.refresh()
      for (const { until } of editors) {
        await until(({ items }) => titles(items) === titles(kept.list.items))
      }
      const there = kept.list.items.map(({ title }) => title)
      if (!added.every(title => there.filter(other => other === title).length === 1)) {
        throw new Error(`lost or doubled: ${there.join(' ')}`)
      }
    }),
    { numRuns: 60 }
  )
})

t.test('a save whose answer was lost is not made twice', async t => {
  const kept = keepPlaylist('a')
  const { editor, clock, until, saved } = edit(kept)
  await saved()
  kept.failures.push('afterwards')
  editor.insert([track('x')])
  t.match(await until(({ state }) => state === 'retrying'), { error: { code: 'UNAVAILABLE' } })
  t.equal(titles(editor.view.items), 'a x', 'and is shown meanwhile')
  clock.pass(1000)
  await saved()
  t.equal(titles(kept.list.items), 'a x')
  t.equal(editor.view.merged, null)
  editor.undo()
  await saved()
  t.equal(titles(kept.list.items), 'a', 'and can be undone by the id it got')
})

t.test('it waits as long as it is asked to, and says what only people can mend', async t => {
  const kept = keepPlaylist('a')
  const { editor, clock, until, saved } = edit(kept)
  await saved()
  kept.failures.push(new CodedError('RATE_LIMITED', 'slowly', { retryAfterMs: 5000 }))
  editor.insert([track('x')])
  t.match(await until(({ state }) => state === 'retrying'), { error: { code: 'RATE_LIMITED', retryAfterMs: 5000 } })
  t.same(clock.waits, [5000])
  clock.pass(5000)
  await saved()
  kept.failures.push(new CodedError('SPOTIFY_RELINK', 'link again'), new CodedError('SPOTIFY_RELINK', 'link again'))
  editor.insert([track('y')])
  t.match(await until(({ state }) => state === 'failed'), { error: { code: 'SPOTIFY_RELINK' } })
  t.equal(titles(editor.view.items), 'a x y', 'nothing is given up')
  t.equal(clock.waits.length, 0)
  editor.retry()
  await until(({ state }) => state === 'failed')
  editor.retry()
  await saved()
  t.equal(titles(kept.list.items), 'a x y')
  kept.failures.push(new CodedError('NOT_FOUND', 'no such track'))
  editor.insert([track('z')])
  await until(({ state }) => state === 'failed')
  editor.discard()
  t.match(await saved(), { canUndo: false, error: null })
  t.equal(titles(editor.view.items), 'a x y')
})

t.test('in a live show it hears of others, loads once at a time, and not after its own saves', async t => {
  const kept = keepPlaylist('a')
  let view = emptyView('me')
  const watchers = new Set<() => void>()
  const hear = (playlistVersion: number) => {
    // Only the version is read.
    view = { ...view, room: { playlistVersion } as RoomView['room'] }
    for (const watcher of watchers) watcher()
  }
  const room = {
    get view() {
      return view
    },
    subscribe: (changed: () => void) => {
      watchers.add(changed)
      return () => {
        watchers.delete(changed)
      }
    }
  }
  const { editor, until, saved } = edit(kept, { room })
  await saved()
  await kept.put('show', { version: 1, items: [{ kind: 'spotify', trackId: 'b' }] })
  await kept.put('show', { version: 2, items: [{ kind: 'spotify', trackId: 'c' }] })
  kept.calls.length = 0
  hear(2)
  hear(3)
  await until(({ items }) => titles(items) === 'c')
  await saved()
  t.same(kept.calls.filter(call => call === 'get').length <= 2, true)
  kept.calls.length = 0
  editor.insert([track('x')])
  hear(4)
  await saved()
  t.same(kept.calls, ['put'])
  hear(3)
  t.same(kept.calls, ['put'], 'what is older is no news')
  editor.close()
  t.equal(watchers.size, 0)
})
