import t from 'tap'
import { nowPlaying } from '../../client/index.ts'
import type { RoomEvent } from '../../contract/room-events.ts'
import { joinRoom, flushEvents, createTestClient } from './test-client.ts'

const item = {
  id: 'i1',
  kind: 'spotify' as const,
  trackId: 'track',
  title: 'One',
  artists: [],
  album: null,
  durationMs: 60_000,
  artworkUrl: null,
  link: null,
  available: true
}

t.test("the position follows the server's clock and stops at the end of the item", async t => {
  const client = await createTestClient(t)
  const { server, clock } = client
  const room = await joinRoom(t, client)
  t.equal(nowPlaying(room.view, clock.nowMs()), null)
  // The clock of the server, in the snapshot, is at 5,000,000 ms, far from the local clock.
  const plays = (status: 'playing' | 'paused'): RoomEvent => ({
    type: 'playback:changed',
    playback: { status, item, positionMs: 1000, at: 4_990_000, producerId: null }
  })
  server.applyEvent(plays('playing'))
  await flushEvents(server, room)
  t.match(nowPlaying(room.view, clock.nowMs()), { item, isPlaying: true, positionMs: 11_000, remainingMs: 49_000 })
  clock.advance(3000)
  t.match(nowPlaying(room.view, clock.nowMs()), { positionMs: 14_000 })
  clock.advance(100_000)
  t.match(nowPlaying(room.view, clock.nowMs()), { positionMs: 60_000, remainingMs: 0 })
  server.applyEvent(plays('paused'))
  await flushEvents(server, room)
  t.match(nowPlaying(room.view, clock.nowMs()), { isPlaying: false, positionMs: 1000 })
})

t.test('playback commands send the payloads of the contract', async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  const playback = { status: 'stopped' as const, item: null, positionMs: 0, at: 0, producerId: null }
  for (const event of ['playback:play', 'playback:next', 'playback:pause', 'playback:stop'] as const) {
    server.handlers[event] = () => ({ playback })
  }
  await room.play()
  await room.play('i1')
  await room.seek(12.6)
  await room.next('i1')
  await room.next()
  await room.pause()
  t.same(await room.stop(), playback)
  t.same(
    server.commands.filter(({ event }) => event.startsWith('playback:')).map(({ event, payload }) => [event, payload]),
    [
      ['playback:play', {}],
      ['playback:play', { itemId: 'i1' }],
      ['playback:play', { positionMs: 13 }],
      ['playback:next', { from: 'i1' }],
      ['playback:next', {}],
      ['playback:pause', {}],
      ['playback:stop', {}]
    ]
  )
})
