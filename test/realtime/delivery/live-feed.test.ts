import t from 'tap'
import { createLiveFeed } from '../../../realtime/delivery/live-feed.ts'
import type { AmbientSocket } from '../../../realtime/sockets/socket-data.ts'
import { standIn } from '../live/stand-in.ts'

/** A feed over sockets that only count what they get, and its values and clock, which a test changes. */
function createFeed() {
  const values = { usersConnected: 1 as number | undefined, usersOnSong: 1, nowMs: 0 }
  const ended: string[] = []
  const feed = createLiveFeed({
    liveValues: {
      connect: userId => ({
        move() {},
        end() {
          ended.push(userId)
        }
      }),
      isPublic: () => false,
      usersConnected: () => values.usersConnected,
      usersOn: songId => ({ songId, users: values.usersOnSong })
    },
    homeRooms: () => [],
    monotonicMs: () => values.nowMs
  })

  function connect(id: string, playerSongId: string | null = null) {
    const received: unknown[] = []
    const onEnd: (() => void)[] = []
    const transport = { writable: true }
    const conn = { transport, write: (message: string) => received.push(JSON.parse(message.slice(1))[1]) }
    const recipient = { id, conn, direct: null as unknown }
    const data = { membership: null, playerSongId, identity: { userId: id }, recipient }
    const socket = standIn<AmbientSocket>({
      id,
      data,
      conn,
      once: (_event: string, listener: () => void) => onEnd.push(listener),
      emit: (_event: string, payload: unknown) => received.push(payload)
    })
    feed.serve(socket)
    return { received, transport, data, disconnect: () => onEnd.forEach(listener => listener()) }
  }

  /** Lets time pass, broadcasts, and waits until it is sent. */
  async function broadcast(passMs = 1000): Promise<void> {
    values.nowMs += passMs
    feed.broadcast()
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
  }
  return { feed, values, ended, connect, broadcast }
}

t.test('a socket gets the values at once, and then only what has changed for its song', async t => {
  const { values, connect, broadcast, ended } = createFeed()
  const [plain, playing] = [connect('plain'), connect('playing', 'song')]
  t.same(plain.received, [{ usersConnected: 1, usersOnSong: null }])
  await broadcast()
  await broadcast()
  t.same(plain.received.length, 1)
  t.same(playing.received.slice(1), [{ usersConnected: 1, usersOnSong: { songId: 'song', users: 1 } }])
  values.usersOnSong = 5
  await broadcast()
  t.same([plain.received.length, playing.received.length], [1, 3])
  values.usersConnected = 2
  await broadcast()
  t.same(plain.received.at(-1), { usersConnected: 2, usersOnSong: null })
  playing.disconnect()
  t.same(ended, ['playing'])
  values.usersConnected = 1
  await broadcast()
  t.same([plain.received.length, playing.received.length], [3, 4])
})

t.test('a socket that is behind misses values, and gets the newest when it reads again', async t => {
  const { values, connect, broadcast } = createFeed()
  const [slow, congested] = [connect('slow'), connect('congested')]
  slow.transport.writable = false
  congested.data.recipient.direct = { webSocket: { bufferedAmount: 10 } }
  for (const count of [2, 3, 4]) {
    values.usersConnected = count
    await broadcast()
  }
  t.same([slow.received.length, congested.received.length], [1, 1])
  slow.transport.writable = true
  congested.data.recipient.direct = null
  await broadcast()
  for (const { received } of [slow, congested]) {
    t.same(received.slice(1), [{ usersConnected: 4, usersOnSong: null }])
  }
})

t.test('broadcasts are 500 ms apart, and further apart with thousands of sockets', async t => {
  const { values, connect, broadcast } = createFeed()
  const first = connect('first')
  await broadcast()
  const counts: number[] = []
  for (const passMs of [499, 1]) {
    values.usersConnected = 2
    await broadcast(passMs)
    counts.push(first.received.length)
  }
  t.same(counts, [1, 2])
  for (let n = 0; n < 3999; n++) connect(`socket${n}`)
  values.usersConnected = 4000
  await broadcast(1999)
  t.equal(first.received.length, 2)
  await broadcast(1)
  t.equal(first.received.length, 3)
})

t.test('sockets with as many songs are served in chunks too', async t => {
  const { feed, values, connect } = createFeed()
  const sockets = Array.from({ length: 600 }, (_, n) => connect(`socket${n}`, `song${n}`))
  const served = () => sockets.filter(({ received }) => received.length > 1).length
  values.nowMs += 1000
  feed.broadcast()
  t.equal(served(), 0, 'nothing waits for them')
  await new Promise(resolve => setImmediate(resolve))
  t.ok(served() > 0 && served() < 600)
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
  for (const [n, { received }] of sockets.entries()) {
    t.same(received.slice(1), [{ usersConnected: 1, usersOnSong: { songId: `song${n}`, users: 1 } }])
  }
})

t.test('nothing is sent before the values are known', async t => {
  const { values, connect, broadcast } = createFeed()
  values.usersConnected = undefined
  const { received } = connect('early', 'song')
  await broadcast()
  t.same(received, [])
  values.usersConnected = 1
  await broadcast()
  t.equal(received.length, 1)
})
