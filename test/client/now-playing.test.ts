import t from 'tap'
import { nowPlaying } from '../../client/index.ts'
import type { RoomEvent } from '../../contract/room-events.ts'
import { enter, settled, visit } from './visitor.ts'

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

t.test("what plays is where the server's clock says, and not past its end", async t => {
  const visitor = await visit(t)
  const { server, clock } = visitor
  const room = await enter(t, visitor)
  t.equal(nowPlaying(room.view, clock.nowMs()), null)
  // The server's clock, in the snapshot, is at 5,000,000 ms: far from the one here.
  const plays = (status: 'playing' | 'paused'): RoomEvent => ({
    type: 'playback:changed',
    playback: { status, item, positionMs: 1000, at: 4_990_000, producerId: null }
  })
  server.happen(plays('playing'))
  await settled(server, room)
  t.match(nowPlaying(room.view, clock.nowMs()), { item, isPlaying: true, positionMs: 11_000, remainingMs: 49_000 })
  clock.pass(3000)
  t.match(nowPlaying(room.view, clock.nowMs()), { positionMs: 14_000 })
  clock.pass(100_000)
  t.match(nowPlaying(room.view, clock.nowMs()), { positionMs: 60_000, remainingMs: 0 })
  server.happen(plays('paused'))
  await settled(server, room)
  t.match(nowPlaying(room.view, clock.nowMs()), { isPlaying: false, positionMs: 1000 })
})

t.test("hosts' commands are the contract's", async t => {
  const visitor = await visit(t)
  const { server } = visitor
  const room = await enter(t, visitor)
  const playback = { status: 'stopped' as const, item: null, positionMs: 0, at: 0, producerId: null }
  for (const event of ['playback:play', 'playback:next', 'playback:pause', 'playback:stop'] as const) {
    server.answers[event] = () => ({ playback })
  }
  await room.play()
  await room.play('i1')
  await room.seek(12.6)
  await room.next('i1')
  await room.next()
  await room.pause()
  t.same(await room.stop(), playback)
  t.same(
    server.asked.filter(({ event }) => event.startsWith('playback:')).map(({ event, payload }) => [event, payload]),
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
