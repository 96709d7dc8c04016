import t from 'tap'
import { PlaylistEditor, type EditingHost, type Playlist, type RoomView } from '../../client/index.ts'
import { emptyView } from '../../client/room-view.ts'
import type { PlaylistEdit, PlaylistSign } from '../../contract/playlist.ts'
import { createManualClock } from './manual-clock.ts'

const titles = ({ items }: { items: readonly { title: string }[] | null }) =>
  (items ?? []).map(({ title }) => title).join(' ')
const item = (id: string) => ({
  id,
  kind: 'song' as const,
  songId: `song-${id}`,
  title: id,
  artists: [],
  album: null,
  durationMs: 1000,
  artworkUrl: null,
  link: null,
  available: true
})
const ana: EditingHost = {
  person: { id: 'ana', displayName: 'Ana', avatarUrl: null },
  itemId: 'b',
  action: 'moving'
}

/** Opens the playlist `a b c` in a live show, with everything that the test may change from outside. */
async function openEditor() {
  let list: Playlist = { version: 1, items: ['a', 'b', 'c'].map(item) }
  let view: RoomView = { ...emptyView('me'), connection: 'live', me: { ...emptyView('me').me, isHost: true } }
  let tell: (editors: readonly EditingHost[]) => void = () => {}
  const [signs, watchers] = [[] as PlaylistSign[], new Set<() => void>()]
  const clock = createManualClock()
  const setView = (change: Partial<RoomView>) => {
    view = { ...view, ...change }
    for (const watcher of watchers) watcher()
  }
  const editor = new PlaylistEditor({
    showId: 'show',
    clock,
    playlists: {
      get: async () => list,
      async put(_showId: string, { version, items }: PlaylistEdit) {
        const known = new Map(list.items.map(one => [one.id, one]))
        list = { version: version + 1, items: items.map(({ id = 'new' }) => known.get(id) ?? item(id)) }
        return list
      }
    },
    room: {
      get view() {
        return view
      },
      subscribe(listener) {
        watchers.add(listener)
        return () => watchers.delete(listener)
      },
      async sendPlaylistSign(sign) {
        signs.push(sign)
        throw new Error('a sign may be lost')
      },
      onPlaylistEditors(listener) {
        tell = listener
        return () => {
          tell = () => {}
        }
      }
    }
  })
  const until = async (isMet: () => boolean) => {
    while (!isMet()) await new Promise(resolve => setImmediate(resolve))
  }
  await until(() => editor.view.state === 'saved')
  return {
    editor,
    clock,
    signs,
    setView,
    until,
    tell: (editors: readonly EditingHost[]) => tell(editors),
    /** Another host saves a list without these items. */
    removeElsewhere(...ids: string[]) {
      list = { version: list.version + 1, items: list.items.filter(({ id }) => !ids.includes(id)) }
      setView({ room: { playlistVersion: list.version } as RoomView['room'] })
    }
  }
}

t.test('an edit is told to the others, again every few seconds, until it ends', async t => {
  const { editor, clock, signs } = await openEditor()
  editor.startEditing('moving', 'b')
  clock.advance(8000)
  t.same(
    signs,
    Array.from({ length: 3 }, () => ({ itemId: 'b', action: 'moving' }))
  )
  editor.stopEditing()
  t.same(signs.at(-1), { itemId: null, action: null })
  clock.advance(60_000)
  t.equal(signs.length, 4, 'nothing follows')
})

t.test('a change is told before it is saved, and for a moment', async t => {
  const { editor, clock, signs, until } = await openEditor()
  editor.remove(['a'])
  t.same(signs, [{ itemId: 'a', action: 'removing' }])
  await until(() => editor.view.state === 'saved')
  const { id, ...music } = item('x')
  t.equal(id, 'x')
  editor.insert([music])
  t.same(signs.at(-1), { itemId: null, action: 'adding' })
  editor.move([editor.view.items!.at(-1)!.id], null)
  t.same(signs.at(-1), { itemId: null, action: 'moving' }, 'others do not know an item before it is saved')
  clock.advance(3000)
  t.same(signs.at(-1), { itemId: null, action: null })
  editor.startEditing('adding')
  editor.close()
  t.same(signs.at(-1), { itemId: null, action: null }, 'a closed editor takes its sign back')
  const count = signs.length
  clock.advance(60_000)
  t.equal(signs.length, count)
})

t.test('the view has the other editors, while they give signs and the connection lives', async t => {
  const { editor, clock, tell, setView, signs } = await openEditor()
  const { me } = emptyView('me')
  tell([ana])
  t.same(editor.view.editors, [ana])
  clock.advance(11_999)
  t.same(editor.view.editors, [ana])
  clock.advance(1)
  t.same(editor.view.editors, [])
  for (const lost of [{ connection: 'reconnecting' }, { connection: 'live', me }] as const) {
    tell([ana])
    setView(lost)
    t.same(editor.view.editors, [])
  }
  editor.startEditing('moving', 'b')
  t.same(signs, [], 'who is no host sends no sign')
})

t.test('a lost change names its items and who has edited, and they can be added again', async t => {
  const { editor, tell, until, removeElsewhere } = await openEditor()
  tell([ana])
  removeElsewhere('b')
  editor.move(['b'], 'c')
  await until(() => editor.view.merged !== null)
  t.match(editor.view.merged, { lost: 1, lostItems: [{ title: 'b' }], by: [ana.person] })
  t.equal(titles(editor.view), 'a c')
  editor.addAgain()
  t.equal(editor.view.merged, null)
  t.equal(titles(editor.view), 'a c b', 'where it was moved to')
  editor.undo()
  t.equal(titles(editor.view), 'a c')
})

t.test('the sign of the host who caused a merge may come a moment later, but no later', async t => {
  for (const [delayMs, by] of [
    [500, [ana.person]],
    [1000, []]
  ] as const) {
    const { editor, tell, clock, until, removeElsewhere } = await openEditor()
    removeElsewhere('b')
    editor.move(['b'], 'c')
    await until(() => editor.view.merged !== null)
    t.same(editor.view.merged?.by, [])
    clock.advance(delayMs)
    tell([ana])
    t.match(editor.view.merged, { lost: 1, by })
    t.equal(editor.view.merged?.by.length, by.length)
  }
})

t.test('an item that is removed while it is held is reported, and can be added again', async t => {
  const { editor, tell, clock, until, removeElsewhere } = await openEditor()
  tell([ana])
  clock.advance(15_000)
  editor.startEditing('moving', 'b')
  removeElsewhere('c')
  await until(() => titles(editor.view) === 'a b')
  t.equal(editor.view.merged, null, 'another item')
  removeElsewhere('b')
  await until(() => editor.view.merged !== null)
  t.match(editor.view.merged, { lost: 1, lostItems: [{ title: 'b' }], by: [] }, 'the sign was too long ago')
  editor.dismissMerged()
  t.equal(editor.view.merged, null)
  editor.addAgain()
  t.equal(titles(editor.view), 'a b')
})
