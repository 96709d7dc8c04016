import t from 'tap'
import { CodedError } from '../../../contract/errors.ts'
import { openOpusSong, type OpusSong } from '../../../media/player/opus-song.ts'
import type { SongSource } from '../../../media/player/song-source.ts'
import { wholeSong } from '../../../media/player/whole-song.ts'
import { numberedSong } from './simulated-player.ts'

/** Returns a song that counts its reads, and can be made to fail. */
function storedSong(seconds: number) {
  const stored = numberedSong(1, seconds)
  const storage = { reads: 0, failure: null as Error | null }
  const source: SongSource = {
    ...stored,
    async read(start, end) {
      storage.reads++
      if (storage.failure) throw storage.failure
      return await stored.read(start, end)
    }
  }
  return { source, storage }
}

async function countPackets(song: OpusSong): Promise<number> {
  let count = 0
  for await (const packets of song.packets(0)) count += packets.length
  return count
}

t.test('a whole song is heard to its end although it is deleted once it is open', async t => {
  const { source, storage } = storedSong(15)
  const song = await openOpusSong(wholeSong(source))
  storage.failure = new CodedError('NOT_FOUND', 'There is no such song.')
  t.equal(await countPackets(song), await countPackets(await openOpusSong(numberedSong(1, 15))))
  t.equal(storage.reads, 1)
})

t.test('a whole song that could not be read is read again', async t => {
  const { source, storage } = storedSong(1)
  const whole = wholeSong(source)
  storage.failure = new Error('unavailable')
  await t.rejects(whole.read(0, 4), /unavailable/)
  storage.failure = null
  t.equal(Buffer.from(await whole.read(0, 4)).toString(), 'OggS')
  t.equal((await whole.read(2, 2)).length, 0)
  t.equal(storage.reads, 2)
})
