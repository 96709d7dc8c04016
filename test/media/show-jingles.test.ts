import t from 'tap'
import { createSong, fromStart, positionOf, positionsByPayload, receivePackets } from './song-reception.ts'
import { openTestMedia, playSong, until } from './test-media.ts'

/** Position of the first packet, ms. */
const beginning = Math.min(...positionsByPayload.values())

t.test('a jingle has a producer beside that of the song, and none of its beginning is missed', async t => {
  const { audio } = await openTestMedia(t)
  const songProducerId = await playSong(audio.song, fromStart(createSong()))
  const { producerId, delayMs } = await audio.jingles.play(await audio.jingles.open(createSong()))
  t.not(producerId, songProducerId)
  t.ok(delayMs > 0, 'the first one waits for listeners to receive it')
  const received = await receivePackets(audio, producerId!)
  const song = await receivePackets(audio, songProducerId!)
  await until(() => received.length > 5)
  t.equal(positionOf(received[0]!.payload), beginning)
  const before = received.length

  t.same(
    await audio.jingles.play(await audio.jingles.open(createSong())),
    { producerId, delayMs: 0 },
    'the next at once'
  )
  await until(() => received.slice(before).some(({ payload }) => positionOf(payload) === beginning))
  audio.jingles.stop()
  t.equal(audio.hasProducer(producerId!), false, 'there is no producer without jingles')
  t.equal(audio.hasProducer(songProducerId!), true)
  const count = song.length
  await until(() => song.length > count + 5)

  const again = await audio.jingles.play(await audio.jingles.open(createSong()))
  t.ok(again.producerId !== null && again.producerId !== producerId)
  t.ok(again.delayMs > 0)
})

t.test('a jingle goes on when its worker dies, and one that was stopped does not come back', async t => {
  const { audio, media } = await openTestMedia(t)
  const moved: string[] = []
  audio.jingles.onMoved(producerId => moved.push(producerId))
  const { producerId } = await audio.jingles.play(await audio.jingles.open(createSong()))
  process.kill(media.workerPids[0]!, 'SIGKILL')
  await until(() => moved.length === 1)
  t.not(moved[0], producerId)
  const received = await receivePackets(audio, moved[0]!)
  await until(() => received.length > 5)

  audio.jingles.stop()
  const [pid] = media.workerPids
  process.kill(pid!, 'SIGKILL')
  await until(() => media.workerPids.length > 0 && media.workerPids[0] !== pid)
  await audio.jingles.restore()
  t.equal(moved.length, 1)
  t.equal(audio.producerCount, 0)
})
