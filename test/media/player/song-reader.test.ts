import t from 'tap'
import { openOpusSong, type OpusSong } from '../../../media/player/opus-song.ts'
import { SongReader } from '../../../media/player/song-reader.ts'
import type { SongSource } from '../../../media/player/song-source.ts'
import { createSimulatedPlayer, numberedSong, packetNumberOf } from './simulated-player.ts'

t.test('a storage that fails is read again, and the song continues where the clock is', async t => {
  const working = numberedSong(1, 60)
  let isUnavailable = false
  const errors: unknown[] = []
  const source: SongSource = {
    ...working,
    read: async (start, end) => {
      if (isUnavailable) throw new Error('unavailable')
      return await working.read(start, end)
    }
  }
  const song = await openOpusSong(source)
  const { packets } = song
  // One chunk contains the whole song, so this one reads the source for every page.
  const readingEveryPage: OpusSong = {
    ...song,
    async *packets(positionMs) {
      for await (const page of packets(positionMs)) {
        await source.read(0, 1)
        yield page
      }
    }
  }
  const reader = new SongReader(readingEveryPage, 0, error => errors.push(error))
  await reader.ready()
  const player = createSimulatedPlayer()
  player.playReader(reader, 0, 0)
  await player.pass(1000)
  isUnavailable = true
  await player.pass(8000)
  t.match(errors, [{ message: 'unavailable' }])
  const before = player.sent.length
  t.ok(before > 150 && before < 350, `${before} packets were read ahead`)
  isUnavailable = false
  while (!reader.next) await new Promise(resolve => setTimeout(resolve, 5))
  while (!reader.next || packetNumberOf(player.sent.at(-1)!) < 440) {
    await new Promise(resolve => setImmediate(resolve))
    await player.pass(20)
  }
  const after = player.sent[before]!
  t.ok(Math.abs(packetNumberOf(after) * 20 - (after.atMs - 20)) <= 300, 'where the clock is')
})
