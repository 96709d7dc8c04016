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

/** A playlist on the server, which rejects stale edits and assigns ids. */
function createServerPlaylist(...names: string[]) {
  let createdCount = 0
  let list: Playlist = { version: 1, items: names.map(name => ({ id: `i${++createdCount}`, ...track(name) })) }
  const failures: (CodedError | 'afterwards')[] = []
  const calls: string[] = []
  const playlist = {
    calls,
    /** Failures of the next saves. `afterwards`: the list is stored, but the response is lost. */
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
          id: entry.id ?? `i${++createdCount}`,
          ...track(entry.kind === 'spotify' ? entry.trackId : entry.songId)
        }))
      }
      if (failure) throw new CodedError('UNAVAILABLE', 'no response')
      return list
    }
  }
  return playlist
}

function openEditor(
  playlists: ReturnType<typeof createServerPlaylist>,
  more: { room?: { view: RoomView; subscribe: (listener: () => void) => () => void } } = {}
) {
  const clock = createManualClock()
  const editor = new PlaylistEditor({ showId: 'show', playlists, clock, ...more })
  const waitForView = async (isMet: (view: PlaylistView) => boolean) =>
    await new Promise<PlaylistView>(resolve => {
      const check = () => {
        if (!isMet(editor.view)) return
        stop()
        resolve(editor.view)
      }
      const stop = editor.subscribe(check)
      check()
    })
  const waitUntilSaved = async () => await waitForView(({ state }) => state === 'saved')
  return { editor, clock, waitForView, waitUntilSaved }
}

t.test('changes are shown at once, saved together, and can be undone', async t => {
  const playlist = createServerPlaylist('a', 'b', 'c')
  const { editor, waitUntilSaved } = openEditor(playlist)
  t.match(editor.view, { items: null, state: 'loading' })
  t.equal(titles((await waitUntilSaved()).items), 'a b c')
  editor.insert([track('x')])
  editor.move(['i3'], null)
  editor.remove(['i1'])
  t.match(editor.view, { state: 'saving', canUndo: true })
  t.equal(titles(editor.view.items), 'c b x')
  await waitUntilSaved()
  t.equal(titles(playlist.list.items), 'c b x')
  t.same(playlist.calls, ['get', 'put', 'put'], 'changes made during the first save are saved together')
  t.equal(editor.view.items?.[0]?.id, 'i3', 'a moved item keeps its id')
  for (let n = 0; n < 3; n++) editor.undo()
  t.notOk(editor.view.canUndo)
  await waitUntilSaved()
  t.equal(titles(playlist.list.items), 'a b c')
})

t.test('a change that is undone before it is saved is not sent', async t => {
  const playlist = createServerPlaylist('a')
  const { editor, waitUntilSaved } = openEditor(playlist)
  editor.insert([track('x')])
  editor.undo()
  await waitUntilSaved()
  t.same(playlist.calls, ['get'])
})

t.test('changes of a new item while it is being saved apply to the saved item', async t => {
  const playlist = createServerPlaylist('a', 'b')
  const { editor, waitUntilSaved } = openEditor(playlist)
  await waitUntilSaved()
  editor.insert([track('x'), track('y')])
  t.equal(editor.view.state, 'saving')
  const [, , x, y] = editor.view.items ?? []
  editor.move([y?.id ?? ''], null)
  editor.remove([x?.id ?? ''])
  await waitUntilSaved()
  t.equal(titles(playlist.list.items), 'y a b')
})

t.test('changes of two editors are merged, and the view reports it', async t => {
  const playlist = createServerPlaylist('a', 'b', 'c')
  const [one, other] = [openEditor(playlist), openEditor(playlist)]
  await one.waitUntilSaved()
  await other.waitUntilSaved()
  one.editor.move(['i3'], null)
  other.editor.insert([track('x')], 'i1')
  await one.waitUntilSaved()
  const { merged } = await other.waitUntilSaved()
  t.same(merged, { lost: 0, lostItems: [], by: [] })
  t.equal(titles(playlist.list.items), 'c a x b')
  one.editor.refresh()
  t.equal(titles((await one.waitForView(({ items }) => titles(items) === 'c a x b')).items), 'c a x b')
  one.editor.remove(['i2'])
  await one.waitUntilSaved()
  other.editor.move(['i2'], null)
  t.match(
    (await other.waitForView(({ merged }) => merged?.lost === 1)).merged,
    { lost: 1 },
    'an item that is gone cannot be moved'
  )
  await other.waitUntilSaved()
  t.equal(titles(other.editor.view.items), 'c a x')
})

t.test('after any changes, two concurrent editors end with the same list and all added items', async () => {
  const move = fc.record({ kind: fc.constantFrom('insert', 'move', 'remove', 'undo'), at: fc.nat(9), to: fc.nat(9) })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), move), { maxLength: 12 }), async steps => {
      const playlist = createServerPlaylist('a', 'b', 'c')
      const editors = [openEditor(playlist), openEditor(playlist)] as const
      for (const { waitUntilSaved } of editors) await waitUntilSaved()
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
        // Undo is skipped, since it may remove an added item.
      }
      for (const { waitUntilSaved } of editors) await waitUntilSaved()
      // The list is final only now.
      for (const { editor } of editors) editor.refresh()
      for (const { waitForView } of editors) {
        await waitForView(({ items }) => titles(items) === titles(playlist.list.items))
      }
      const found = playlist.list.items.map(({ title }) => title)
      if (!added.every(title => found.filter(other => other === title).length === 1)) {
        throw new Error(`lost or duplicated: ${found.join(' ')}`)
      }
    }),
    { numRuns: 60 }
  )
})

t.test('a save whose response was lost is not repeated', async t => {
  const playlist = createServerPlaylist('a')
  const { editor, clock, waitForView, waitUntilSaved } = openEditor(playlist)
  await waitUntilSaved()
  playlist.failures.push('afterwards')
  editor.insert([track('x')])
  t.match(await waitForView(({ state }) => state === 'retrying'), { error: { code: 'UNAVAILABLE' } })
  t.equal(titles(editor.view.items), 'a x', 'the change stays visible meanwhile')
  clock.advance(1000)
  await waitUntilSaved()
  t.equal(titles(playlist.list.items), 'a x')
  t.equal(editor.view.merged, null)
  editor.undo()
  await waitUntilSaved()
  t.equal(titles(playlist.list.items), 'a', 'the item is removed by the id that the server gave it')
})

t.test('the editor waits as long as the server asks, and reports errors that only users can resolve', async t => {
  const playlist = createServerPlaylist('a')
  const { editor, clock, waitForView, waitUntilSaved } = openEditor(playlist)
  await waitUntilSaved()
  playlist.failures.push(new CodedError('RATE_LIMITED', 'slowly', { retryAfterMs: 5000 }))
  editor.insert([track('x')])
  t.match(await waitForView(({ state }) => state === 'retrying'), {
    error: { code: 'RATE_LIMITED', retryAfterMs: 5000 }
  })
  t.same(clock.pendingDelays, [5000])
  clock.advance(5000)
  await waitUntilSaved()
  playlist.failures.push(new CodedError('SPOTIFY_RELINK', 'link again'), new CodedError('SPOTIFY_RELINK', 'link again'))
  editor.insert([track('y')])
  t.match(await waitForView(({ state }) => state === 'failed'), { error: { code: 'SPOTIFY_RELINK' } })
  t.equal(titles(editor.view.items), 'a x y', 'no change is dropped')
  t.equal(clock.pendingDelays.length, 0)
  editor.retry()
  await waitForView(({ state }) => state === 'failed')
  editor.retry()
  await waitUntilSaved()
  t.equal(titles(playlist.list.items), 'a x y')
  playlist.failures.push(new CodedError('NOT_FOUND', 'no such track'))
  editor.insert([track('z')])
  await waitForView(({ state }) => state === 'failed')
  editor.discard()
  t.match(await waitUntilSaved(), { canUndo: false, error: null })
  t.equal(titles(editor.view.items), 'a x y')
})

t.test(
  'in a live show the editor loads changes by others, one load at a time, and none after its own saves',
  async t => {
    const playlist = createServerPlaylist('a')
    let view = emptyView('me')
    const watchers = new Set<() => void>()
    const setVersion = (playlistVersion: number) => {
      // The editor reads only the version.
      view = { ...view, room: { playlistVersion } as RoomView['room'] }
      for (const watcher of watchers) watcher()
    }
    const room = {
      get view() {
        return view
      },
      subscribe: (listener: () => void) => {
        watchers.add(listener)
        return () => {
          watchers.delete(listener)
        }
      }
    }
    const { editor, waitForView, waitUntilSaved } = openEditor(playlist, { room })
    await waitUntilSaved()
    await playlist.put('show', { version: 1, items: [{ kind: 'spotify', trackId: 'b' }] })
    await playlist.put('show', { version: 2, items: [{ kind: 'spotify', trackId: 'c' }] })
    playlist.calls.length = 0
    setVersion(2)
    setVersion(3)
    await waitForView(({ items }) => titles(items) === 'c')
    await waitUntilSaved()
    t.same(playlist.calls.filter(call => call === 'get').length <= 2, true)
    playlist.calls.length = 0
    editor.insert([track('x')])
    setVersion(4)
    await waitUntilSaved()
    t.same(playlist.calls, ['put'])
    setVersion(3)
    t.same(playlist.calls, ['put'], 'an older version causes no load')
    editor.close()
    t.equal(watchers.size, 0)
  }
)
