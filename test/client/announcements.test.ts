import { EventEmitter } from 'node:events'
import t from 'tap'
import { AnnouncementFeed } from '../../client/announcements.ts'
import type { ActiveAnnouncements } from '../../contract/announcements.ts'
import { createManualClock } from './manual-clock.ts'

const minuteMs = 60_000

function createFeed() {
  const clock = createManualClock()
  const server = {
    answer: { items: [], at: new Date(clock.nowMs()).toISOString() } as ActiveAnnouncements,
    requests: 0
  }
  const feed = new AnnouncementFeed({
    clock,
    async fetchActive() {
      server.requests++
      return server.answer
    }
  })
  const socket = new EventEmitter()
  feed.attach(socket as never)
  const texts = () => feed.active.map(({ text }) => text)
  return { clock, server, feed, socket, texts }
}

/** Lets the answer of a request arrive. */
const settled = async () => await new Promise(resolve => setImmediate(resolve))

t.test('a socket carries announcements; each is shown once and hidden at its time by the clock of the server', t => {
  const { clock, feed, socket, texts } = createFeed()
  let changes = 0
  t.teardown(feed.subscribe(() => changes++))
  const serverMs = clock.nowMs() + 3_600_000
  socket.emit('announcement', { id: 'a', text: 'A', at: serverMs, until: serverMs + minuteMs })
  socket.emit('announcement', { id: 'a', text: 'A', at: serverMs, until: serverMs + minuteMs })
  socket.emit('announcement', { text: 'of the creator', at: serverMs })
  socket.emit('announcement', { id: 'b', text: 'B', at: serverMs, until: serverMs + 30 * 1440 * minuteMs })
  t.same(texts(), ['B', 'A'])
  t.equal(changes, 2)
  const before = feed.active
  clock.advance(minuteMs - 1)
  t.equal(feed.active, before, 'the same array until something changes')
  clock.advance(1)
  t.same(texts(), ['B'])
  clock.advance(29 * 1440 * minuteMs)
  t.same(texts(), ['B'], 'after more time than a timer takes')
  socket.emit('announcement:ended', { id: 'b' })
  t.same(texts(), [])
  t.equal(changes, 4)
  t.end()
})

t.test('without a connection it asks while there are subscribers', async t => {
  const { clock, server, feed, socket, texts } = createFeed()
  server.answer = {
    // The clock of the server is an hour behind.
    at: new Date(clock.nowMs() - 60 * minuteMs).toISOString(),
    items: [{ id: 'a', text: 'A', until: new Date(clock.nowMs() - 58 * minuteMs).toISOString() }]
  }
  clock.advance(10 * minuteMs)
  t.equal(server.requests, 0)
  server.answer.at = new Date(clock.nowMs() - 60 * minuteMs).toISOString()
  server.answer.items[0]!.until = new Date(clock.nowMs() - 58 * minuteMs).toISOString()
  const unsubscribe = feed.subscribe(() => {})
  await settled()
  t.same(texts(), ['A'])
  clock.advance(minuteMs)
  await settled()
  t.equal(server.requests, 2)

  socket.emit('connect')
  t.equal(server.requests, 3, 'what has ended meanwhile is found after a connection')
  await settled()
  clock.advance(10 * minuteMs)
  t.equal(server.requests, 3, 'not while a connection carries them')
  socket.emit('disconnect')
  socket.emit('disconnect')
  clock.advance(minuteMs)
  t.equal(server.requests, 4)
  unsubscribe()
  await settled()
  clock.advance(10 * minuteMs)
  t.equal(server.requests, 4)
})

t.test('an answer from before the end of an announcement does not bring it back', async t => {
  const { clock, server, feed, socket, texts } = createFeed()
  const until = clock.nowMs() + minuteMs
  server.answer.items = [{ id: 'a', text: 'A', until: new Date(until).toISOString() }]
  const unsubscribe = feed.subscribe(() => {})
  socket.emit('announcement', { id: 'a', text: 'A', at: clock.nowMs(), until })
  socket.emit('announcement:ended', { id: 'a' })
  await settled()
  t.same(texts(), [])
  socket.emit('announcement', { id: 'b', text: 'B', at: clock.nowMs() + 1, until })
  socket.emit('connect')
  await settled()
  t.same(texts(), ['B'], 'nor does it hide one that came later')
  server.answer = { items: [], at: new Date(clock.nowMs() + 2).toISOString() }
  socket.emit('connect')
  await settled()
  t.same(texts(), [])
  unsubscribe()
})
