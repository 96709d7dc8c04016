import t from 'tap'
import type { Playback } from '../../../contract/playback.ts'
import type { OpenedSong } from '../../../media/player/show-song.ts'
import { createSongPlayback } from '../../../realtime/audio/song-playback.ts'

const nowMs = 1_800_000_000_000
const song = { id: 'item', kind: 'song' as const, songId: 'song', title: 'A song', artists: [], album: null }
const item = { ...song, durationMs: 60_000, artworkUrl: null, link: null, available: true }
const playback: Playback = { status: 'playing', item, positionMs: 0, at: nowMs, producerId: null }

/** Plays a playback, and returns the orders that the player got. */
async function ordersFor(ordered: Playback): Promise<string[]> {
  const orders: string[] = []
  const player = {
    producerId: 'producer',
    open: async () => ({}) as OpenedSong,
    play: async (_song: OpenedSong, { delayMs = 0 }: { delayMs?: number }) => {
      orders.push(`play in ${delayMs} ms`)
      return 'producer'
    },
    pause: () => orders.push('pause'),
    discard() {},
    prepare() {}
  }
  const songs = { source: async () => ({ songId: 'song' }) as never }
  const songPlayback = createSongPlayback(player, songs, () => nowMs)
  await songPlayback.play(ordered, await songPlayback.open(ordered))
  return orders
}

t.test('a song that follows a fade begins at its time, and the one before is silent until then', async t => {
  t.same(await ordersFor({ ...playback, at: nowMs + 400 }), ['pause', 'play in 400 ms'])
  t.same(await ordersFor(playback), ['play in 0 ms'])
  t.same(await ordersFor({ ...playback, at: nowMs - 50 }), ['play in 0 ms'])
})
