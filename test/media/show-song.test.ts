import { once } from 'node:events'
import { mock } from 'node:test'
import t from 'tap'
import { silentPacket } from '../../media/player/opus-packet.ts'
import { openOpusSong } from '../../media/player/opus-song.ts'
import type { SongSource } from '../../media/player/song-source.ts'
import { inMemory } from './ogg-writer.ts'
import { encodeSong } from './player/encoded-songs.ts'
import { closeRtcPeers, opusReceiveCapabilities } from './rtc-peer.ts'
import {
  areContiguous,
  areInSequence,
  createSong,
  fromStart,
  positionOf,
  positionsByPayload,
  receivePackets,
  songFile
} from './song-reception.ts'
import { nextEvent, openListener, openSpeaker, openTestMedia, playSong, rejectionCode, until } from './test-media.ts'

t.teardown(closeRtcPeers)

const silence = silentPacket.toString('hex')

t.test('all listeners of a show receive the same packets, unchanged from the file', async t => {
  const { audio } = await openTestMedia(t)
  const producerId = await playSong(audio.song, fromStart(createSong()))
  t.type(producerId, 'string')
  const [one, two] = await Promise.all([receivePackets(audio, producerId!), receivePackets(audio, producerId!)])
  await until(() => two.length >= 60 && one.length >= 60)
  const offset = one.findIndex(({ payload }) => payload === two[0]!.payload)
  const common =
    offset >= 0
      ? [one.slice(offset), two]
      : [one, two.slice(two.findIndex(({ payload }) => payload === one[0]!.payload))]
  const length = Math.min(...common.map(({ length }) => length))
  t.ok(length > 40)
  t.same(
    common[0]!.slice(0, length).map(({ payload }) => payload),
    common[1]!.slice(0, length).map(({ payload }) => payload)
  )
  for (const { payload } of one) t.ok(songFile.includes(Buffer.from(payload, 'hex')))
  t.ok(areContiguous(one))
  t.equal(new Set(one.map(({ ssrc }) => ssrc)).size, 1)
})

t.test('all songs of a show have one producer: stereo, of no user, and not reported as speaking', async t => {
  const { audio, media } = await openTestMedia(t)
  const reports: unknown[] = []
  audio.on('speaking', levels => reports.push(levels))
  t.equal(audio.song.producerId, null)
  const producerId = await playSong(audio.song, fromStart(createSong()))
  const listener = await openListener(audio, 'listener')
  const answer = listener.participant.consume({ producerId: producerId!, rtpCapabilities: opusReceiveCapabilities })
  t.match(await answer, {
    userId: null,
    rtpParameters: { codecs: [{ parameters: { 'sprop-stereo': 1 } }], headerExtensions: [] }
  })

  audio.song.pause()
  t.equal(await playSong(audio.song, fromStart(createSong())), producerId)
  t.equal(await playSong(audio.song, { source: createSong(), positionMs: 10_000, at: Date.now() - 500 }), producerId)
  t.match(await media.counts(), { producers: 1, transports: 2 })
  const speaker = await openSpeaker(audio, 'speaker', { levelDb: -10 })
  await speaker.produce()
  speaker.startTalking()
  t.same(await nextEvent(audio, 'speaking'), [[{ userId: 'speaker', volume: -10 }]])
  t.ok(reports.flat().every(level => (level as { userId: string }).userId === 'speaker'))
  await media.closeShow('show')
  t.match(await media.counts(), { producers: 0, transports: 0 })
  t.equal(await rejectionCode(speaker.participant.createTransport('recv')), 'UNAVAILABLE')
})

t.test('seeks and pauses are audible within 200 ms', async t => {
  const { audio } = await openTestMedia(t)
  const source = createSong()
  const producerId = await playSong(audio.song, fromStart(source))
  const received = await receivePackets(audio, producerId!)
  await until(() => received.length > 10)
  const seekAt = Date.now()
  await playSong(audio.song, { source, positionMs: 20_000, at: seekAt })
  const { length } = received
  await until(() => received.length > length + 5)
  const positions = received.slice(-3).map(({ payload }) => positionOf(payload))
  t.ok(
    positions.every(ms => ms >= 20_000 && ms < 20_000 + (Date.now() - seekAt) + 200),
    `at ${positions.join(', ')} ms`
  )

  const music = () => received.filter(({ payload }) => payload !== silence)
  audio.song.pause()
  const countAtPause = music().length
  const last = positionOf(music().at(-1)!.payload)
  await new Promise(resolve => setTimeout(resolve, 300))
  t.ok(music().length - countAtPause <= 3, 'only packets that were on their way')
  t.equal(received.at(-1)!.payload, silence, 'then silence, for decoders that continue with what they had')
  await playSong(audio.song, { source, positionMs: last + 20, at: Date.now() })
  await until(() => music().length > countAtPause + 5)
  t.ok(Math.abs(positionOf(music()[countAtPause + 3]!.payload) - last) < 200)
})

t.test('the end of a song is reported, and the next song follows in the same stream', async t => {
  const { audio } = await openTestMedia(t)
  const [first, second] = [createSong(), createSong()]
  const ended: { source: SongSource; atMs: number }[] = []
  audio.song.on('ended', (source, atMs) => ended.push({ source, atMs }))
  const at = Date.now()
  const producerId = await playSong(audio.song, { source: first, positionMs: 29_000, at })
  audio.song.prepare(second)
  const received = await receivePackets(audio, producerId!)
  await once(audio.song, 'ended')
  await playSong(audio.song, { source: second, positionMs: 0, at: at + 1000 })
  await until(() => received.length > 70)
  t.equal(ended[0]!.source, first)
  t.ok(Math.abs(ended[0]!.atMs - (at + 1000)) < 200, `reported for ${ended[0]!.atMs - at} ms after it began`)
  t.ok(areContiguous(received), 'without a gap')
  t.ok(areInSequence(received))
})

t.test('songs of different lengths, ordered by the clock of the room, are one stream without a loss', async t => {
  const { audio } = await openTestMedia(t)
  const encoded = await Promise.all(
    [0.61, 0.505, 0.7, 0.533, 0.626, 0.519, 0.5, 0.501].map(async seconds => await encodeSong(t, seconds))
  )
  const songs = await Promise.all(
    encoded.map(async ({ file }) => {
      const payloads: string[] = []
      for await (const packets of (await openOpusSong(inMemory(file))).packets(0)) {
        payloads.push(...packets.map(({ data }) => data.toString('hex')))
      }
      return { source: inMemory(file, payloads.length * 20), payloads }
    })
  )
  let at = Date.now()
  const producerId = await playSong(audio.song, { source: songs[0]!.source, positionMs: 0, at })
  const received = await receivePackets(audio, producerId!)
  for (const [n, { source }] of songs.entries()) {
    if (n > 0) await playSong(audio.song, { source, positionMs: 0, at })
    audio.song.prepare(songs[n + 1]?.source ?? null)
    // The next song begins where this one ends, whenever the timer fires.
    at += source.durationMs
    await new Promise(resolve => setTimeout(resolve, at - Date.now()))
  }
  const all = songs.flatMap(({ payloads }) => payloads)
  await until(() => received.at(-1)?.payload === all.at(-1))
  t.ok(received.length > all.length - 10, 'all packets but those sent before the consumer was created')
  t.same(
    received.map(({ payload }) => payload),
    all.slice(-received.length)
  )
  t.ok(areContiguous(received), 'each song begins where the one before ended')
  t.ok(areInSequence(received))
})

t.test('a file that cannot be played is rejected, and the current song continues', async t => {
  const { audio } = await openTestMedia(t)
  const producerId = await playSong(audio.song, fromStart(createSong()))
  const received = await receivePackets(audio, producerId!)
  t.equal(
    await rejectionCode(playSong(audio.song, fromStart(inMemory(Buffer.from('not a song'))))),
    'UNSUPPORTED_MEDIA'
  )
  const { length } = received
  await until(() => received.length > length + 5)
  const failed = once(audio.song, 'failed')
  const damaged = Buffer.from(songFile)
  const [payload] = [...positionsByPayload].find(([, ms]) => ms > 16_000)!
  damaged[songFile.indexOf(Buffer.from(payload, 'hex')) + 5]! ^= 1
  await playSong(audio.song, { source: inMemory(damaged, 30_000), positionMs: 14_000, at: Date.now() })
  t.match(await failed, [{ code: 'UNSUPPORTED_MEDIA' }])
})

t.test('the later of two orders wins, also when it is ready first; a closed show plays nothing', async t => {
  const { audio } = await openTestMedia(t)
  const storage = Promise.withResolvers<void>()
  const slow: SongSource = {
    ...createSong(),
    read: async (start, end) => {
      await storage.promise
      return songFile.subarray(start, end)
    }
  }
  const order = { source: slow, positionMs: 25_000, at: Date.now() }
  await audio.song.play(await audio.song.open(order), order)
  const producerId = await playSong(audio.song, fromStart(createSong()))
  const received = await receivePackets(audio, producerId!)
  storage.resolve()
  await until(() => received.length > 10)
  t.ok(received.every(({ payload }) => positionOf(payload) < 20_000))
  audio.close()
  audio.close()
  const { length } = received
  await playSong(audio.song, fromStart(createSong())).catch(() => {})
  t.equal(received.length, length)
})

t.test('opening a song does not wait longer than 2 s for a slow storage', async t => {
  const { audio } = await openTestMedia(t)
  const slow: SongSource = { ...createSong(), read: async () => await new Promise(() => {}) }
  const realSetTimeout = setTimeout
  let wasTimeoutSet = false
  const timers = mock.method(globalThis, 'setTimeout', (callback: () => void, ms: number) => {
    if (ms === 2000) wasTimeoutSet = true
    return realSetTimeout(callback, ms === 2000 ? 5 : ms)
  })
  t.teardown(() => timers.mock.restore())
  t.type(await playSong(audio.song, fromStart(slow)), 'string')
  t.ok(wasTimeoutSet)
})
