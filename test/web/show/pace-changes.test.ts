import { mock } from 'node:test'
import t from 'tap'
import { emptyView } from '../../../client/room-view.ts'
import { ViewStore } from '../../../client/view-store.ts'
import { defaultSettings } from '../../../contract/settings.ts'
import { openingState } from '../../../realtime/room/opening-state.ts'
import { paceChanges } from '../../../web/src/show/pace-changes.ts'

const creator = { id: 'creator', displayName: 'creator', avatarUrl: null }
const playlist = { version: 0, items: [] }
const room = openingState(
  { id: 'show', creator, title: 'A title', description: '', settings: defaultSettings, version: 0, playlist },
  1000
)

function followShow() {
  const store = new ViewStore({ ...emptyView('me'), room })
  /** The version of the room and the volume of voices that each call has found. */
  const drawn: string[] = []
  const stop = paceChanges(
    {
      get view() {
        return store.view
      },
      subscribe: listener => store.subscribe(listener)
    },
    () => drawn.push(`${store.view.room?.version} ${store.view.volumes.voice}`)
  )
  const receive = (version: number) => store.set({ room: { ...room, version } })
  const setVolume = (voice: number) => store.set({ volumes: { ...store.view.volumes, voice } })
  return { drawn, stop, receive, setVolume }
}

t.beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
t.afterEach(() => mock.timers.reset())

t.test('the first event is drawn at once, those that follow it together', async t => {
  const { drawn, receive } = followShow()
  receive(1)
  t.same(drawn, ['1 1'])
  for (let version = 2; version <= 500; version++) receive(version)
  t.same(drawn, ['1 1'])
  mock.timers.tick(50)
  t.same(drawn, ['1 1', '500 1'])
  receive(501)
  mock.timers.tick(49)
  t.same(drawn, ['1 1', '500 1'], 'the time between two renders starts again')
  mock.timers.tick(1)
  t.same(drawn, ['1 1', '500 1', '501 1'])
  mock.timers.tick(1000)
  receive(502)
  t.same(drawn, ['1 1', '500 1', '501 1', '502 1'], 'nothing is drawn twice, and the next event at once')
})

t.test('controls follow the hand meanwhile', async t => {
  const { drawn, receive, setVolume } = followShow()
  receive(1)
  receive(2)
  setVolume(0.5)
  setVolume(0.4)
  t.same(drawn, ['1 1', '2 0.5', '2 0.4'])
})

t.test('nothing is drawn after the end', async t => {
  const { drawn, stop, receive } = followShow()
  receive(1)
  receive(2)
  stop()
  mock.timers.tick(1000)
  receive(3)
  t.same(drawn, ['1 1'])
})
