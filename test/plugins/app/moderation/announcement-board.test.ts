import pino from 'pino'
import t from 'tap'
import {
  createAnnouncementBoard,
  type ActiveAnnouncement
} from '../../../../plugins/app/moderation/announcement-board.ts'
import type { AnnouncementDocument } from '../../../../plugins/app/moderation/announcement-document.ts'
import { noFeed } from '../../../../plugins/app/operations/cluster-feed.ts'
import { until } from '../../../realtime/cluster/until.ts'
import { createFeedCluster } from '../operations/joined-feeds.ts'

let nowMs = 1_800_000_000_000
const silent = pino({ level: 'silent' })
const active = (id: string, forMs = 60_000): ActiveAnnouncement => ({ id, text: `Text of ${id}`, until: nowMs + forMs })

/** Documents of the store that a test changes, and reads that it can hold up. */
function createStore() {
  const store = { documents: [] as AnnouncementDocument[], beforeAnswer: async () => {}, reads: 0 }
  const find = () => {
    const cursor = {
      sort: () => cursor,
      limit: () => cursor,
      async toArray() {
        store.reads++
        const found = [...store.documents]
        await store.beforeAnswer()
        return found
      }
    }
    return cursor
  }
  // The board uses these three methods of a cursor only.
  return { store, announcements: { find: find as never } }
}

const stored = ({ id, text, until }: ActiveAnnouncement): AnnouncementDocument => ({
  _id: id,
  text,
  slot: 0,
  createdAt: new Date(nowMs),
  until: new Date(until),
  endedAt: null
})

function createBoard(feed = noFeed) {
  const { store, announcements } = createStore()
  const told: string[] = []
  const board = createAnnouncementBoard({ announcements, feed, logger: silent, nowMs: () => nowMs })
  board.bind({ onAdded: ({ id }) => told.push(`+${id}`), onEnded: id => told.push(`-${id}`) })
  return { board, store, told }
}

t.test('a refresh finds what other nodes could not tell: a new one, and one that has ended', async t => {
  const { board, store, told } = createBoard()
  store.documents = [stored(active('a'))]
  await board.refresh()
  await board.refresh()
  t.same(told, ['+a'], 'each is told once')
  store.documents = [stored(active('b'))]
  await board.refresh()
  t.same(told, ['+a', '-a', '+b'])
  t.same(
    board.known().map(({ id }) => id),
    ['b']
  )
})

t.test('a read from before a change takes nothing back', async t => {
  const { board, store, told } = createBoard()
  const first = active('a')
  store.documents = [stored(first)]
  await board.refresh()
  let answer = () => {}
  store.beforeAnswer = async () => await new Promise(resolve => (answer = resolve))
  const refreshing = board.refresh()
  await until(() => store.reads === 2)
  board.end('a', first.until)
  board.add(active('b'))
  store.documents = [stored(active('b'))]
  store.beforeAnswer = async () => {}
  answer()
  await refreshing
  t.same(told, ['+a', '-a', '+b'])
  t.equal(store.reads, 3, 'it reads again')
  store.documents = [stored(first), stored(active('b'))]
  await board.refresh()
  t.same(told, ['+a', '-a', '+b'], 'a replica of the store that lags behind brings nothing back')
})

t.test('one that is over is not on the board, and is not said to have ended', t => {
  const { board, told } = createBoard()
  board.add(active('a', 1000))
  board.add(active('b'))
  nowMs += 1000
  t.same(
    board.known().map(({ id }) => id),
    ['b']
  )
  board.add({ ...active('c'), until: nowMs })
  t.same(told, ['+a', '+b'])
  t.end()
})

t.test('requests share a read, and use the board while the store is unavailable', async t => {
  const { board, store } = createBoard()
  store.documents = [stored(active('a'))]
  await Promise.all([board.current(), board.current()])
  await board.current()
  t.equal(store.reads, 1)
  const { board: other, store: broken } = createBoard()
  other.add(active('a'))
  broken.beforeAnswer = async () => {
    throw new Error('store unavailable')
  }
  t.equal((await other.current()).length, 1)
})

t.test('the other nodes are told; news that do not fit are dropped', async t => {
  const { join } = createFeedCluster()
  const nodes = ['a', 'b'].map(nodeId => {
    const { feed, bus } = join(nodeId)
    const node = createBoard(feed)
    feed.bind(bus)
    return { ...node, feed }
  })
  const [a, b] = nodes
  a!.feed.publish('announcement', { id: 'x', text: 1, until: nowMs + 1000 })
  const announcement = active('x')
  a!.board.add(announcement)
  await until(() => b!.told.length === 1)
  b!.board.end('x', announcement.until)
  await until(() => a!.told.length === 2)
  t.same(
    nodes.map(({ told }) => told),
    [
      ['+x', '-x'],
      ['+x', '-x']
    ]
  )
})
