import { once } from 'node:events'
import t from 'tap'
import type { types } from 'mediasoup'
import { silentPacket } from '../../media/player/opus-packet.ts'
import { openOpusSong } from '../../media/player/opus-song.ts'
import type { SongSource } from '../../media/player/song-source.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { makeSong } from './made-songs.ts'
import { inMemory } from './ogg-writer.ts'
import { closeRtcPeers, opusReceiveCapabilities } from './rtc-peer.ts'
import { next, openListener, openSpeaker, openStudio, refusal, until } from './studio.ts'

t.teardown(closeRtcPeers)

const { file } = await makeSong(t, 30)
const song = (): SongSource => inMemory(file, 30_000)
const fromStart = (source: SongSource) => ({ source, positionMs: 0, at: Date.now() })

const silence = silentPacket.toString('hex')
/** Where in the song each packet is, ms. */
const packetPlaces = new Map<string, number>()
for await (const packets of (await openOpusSong(song())).packets(0)) {
  for (const { data, start } of packets) packetPlaces.set(data.toString('hex'), start / 48)
}
const positionOf = (payload: string) => packetPlaces.get(payload) ?? NaN

interface Heard {
  sequence: number
  timestamp: number
  ssrc: number
  payload: string
}

/** Hears a producer on its own router, packet by packet. */
async function tap(audio: ShowAudio, producerId: string): Promise<{ heard: Heard[]; consumer: types.Consumer }> {
  const transport = await audio.routers[0]!.createDirectTransport()
  const consumer = await transport.consume({
    producerId,
    rtpCapabilities: { codecs: [...opusReceiveCapabilities.codecs], headerExtensions: [] }
  })
  const heard: Heard[] = []
  consumer.on('rtp', packet =>
    heard.push({
      sequence: packet.readUInt16BE(2),
      timestamp: packet.readUInt32BE(4),
      ssrc: packet.readUInt32BE(8),
      payload: packet.toString('hex', payloadStart(packet))
    })
  )
  return { heard, consumer }
}

/** mediasoup keeps room for header extensions, also where there are none: https://www.rfc-editor.org/rfc/rfc3550#section-5.3.1 */
function payloadStart(packet: Buffer): number {
  return packet[0]! & 0x10 ? 16 + 4 * packet.readUInt16BE(14) : 12
}

/** How much later than the first a packet is, in ms of its timestamp. */
const placesMs = (heard: Heard[]) => heard.map(({ timestamp }) => ((timestamp - heard[0]!.timestamp) >>> 0) / 48)

t.test('all listeners of a show get the same packets, as they are in the file', async t => {
  const { audio } = await openStudio(t)
  const producerId = await audio.song.play(fromStart(song()))
  t.type(producerId, 'string')
  const [one, two] = await Promise.all([tap(audio, producerId!), tap(audio, producerId!)])
  await until(() => two.heard.length >= 60 && one.heard.length >= 60)
  const offset = one.heard.findIndex(({ payload }) => payload === two.heard[0]!.payload)
  const same =
    offset >= 0
      ? [one.heard.slice(offset), two.heard]
      : [one.heard, two.heard.slice(two.heard.findIndex(({ payload }) => payload === one.heard[0]!.payload))]
  const length = Math.min(...same.map(({ length }) => length))
  t.ok(length > 40)
  t.same(
    same[0]!.slice(0, length).map(({ payload }) => payload),
    same[1]!.slice(0, length).map(({ payload }) => payload)
  )
  for (const { payload } of one.heard) t.ok(file.includes(Buffer.from(payload, 'hex')))
  t.ok(placesMs(one.heard).every((ms, n) => ms === n * 20))
  t.equal(new Set(one.heard.map(({ ssrc }) => ssrc)).size, 1)
})

t.test("one producer for all songs of a show: stereo, nobody's, and nobody who speaks", async t => {
  const { audio, media } = await openStudio(t)
  const levels: unknown[] = []
  audio.on('speaking', told => levels.push(told))
  t.equal(audio.song.producerId, null)
  const producerId = await audio.song.play(fromStart(song()))
  const listener = await openListener(audio, 'listener')
  const answer = listener.participant.consume({ producerId: producerId!, rtpCapabilities: opusReceiveCapabilities })
  t.match(await answer, {
    userId: null,
    rtpParameters: { codecs: [{ parameters: { 'sprop-stereo': 1 } }], headerExtensions: [] }
  })

  audio.song.pause()
  t.equal(await audio.song.play(fromStart(song())), producerId)
  t.equal(await audio.song.play({ source: song(), positionMs: 10_000, at: Date.now() - 500 }), producerId)
  t.match(await media.counts(), { producers: 1, transports: 2 })
  const speaker = await openSpeaker(audio, 'speaker', { levelDb: -10 })
  await speaker.speak()
  speaker.talk()
  t.same(await next(audio, 'speaking'), [[{ userId: 'speaker', volume: -10 }]])
  t.ok(levels.flat().every(level => (level as { userId: string }).userId === 'speaker'))
  await media.closeShow('show')
  t.match(await media.counts(), { producers: 0, transports: 0 })
  t.equal(await refusal(speaker.participant.createTransport('recv')), 'UNAVAILABLE')
})

t.test('seeks and pauses are heard within 200 ms', async t => {
  const { audio } = await openStudio(t)
  const source = song()
  const producerId = await audio.song.play(fromStart(source))
  const { heard } = await tap(audio, producerId!)
  await until(() => heard.length > 10)
  const at20 = Date.now()
  await audio.song.play({ source, positionMs: 20_000, at: at20 })
  const { length } = heard
  await until(() => heard.length > length + 5)
  const positions = heard.slice(-3).map(({ payload }) => positionOf(payload))
  t.ok(
    positions.every(ms => ms >= 20_000 && ms < 20_000 + (Date.now() - at20) + 200),
    `at ${positions.join(', ')} ms`
  )

  const music = () => heard.filter(({ payload }) => payload !== silence)
  audio.song.pause()
  const pausedAt = music().length
  const last = positionOf(music().at(-1)!.payload)
  await new Promise(resolve => setTimeout(resolve, 300))
  t.ok(music().length - pausedAt <= 3, 'nothing comes but what was on its way')
  t.equal(heard.at(-1)!.payload, silence, 'and then silence, for decoders that go on with what they had')
  await audio.song.play({ source, positionMs: last + 20, at: Date.now() })
  await until(() => music().length > pausedAt + 5)
  t.ok(Math.abs(positionOf(music()[pausedAt + 3]!.payload) - last) < 200)
})

t.test('a song that ends is told, and the next one follows in the same stream', async t => {
  const { audio } = await openStudio(t)
  const [first, second] = [song(), song()]
  const ended: { source: SongSource; atMs: number }[] = []
  audio.song.on('ended', (source, atMs) => ended.push({ source, atMs }))
  const at = Date.now()
  const producerId = await audio.song.play({ source: first, positionMs: 29_000, at })
  audio.song.prepare(second)
  const { heard } = await tap(audio, producerId!)
  await once(audio.song, 'ended')
  await audio.song.play({ source: second, positionMs: 0, at: at + 1000 })
  await until(() => heard.length > 70)
  t.equal(ended[0]!.source, first)
  t.ok(Math.abs(ended[0]!.atMs - (at + 1000)) < 200, `told ${ended[0]!.atMs - at} ms after it began`)
  t.ok(
    placesMs(heard).every((ms, n) => ms === n * 20),
    'without a gap'
  )
  t.ok(heard.every(({ sequence }, n) => sequence === (heard[0]!.sequence + n) % 65_536))
})

t.test('a list of songs of all lengths, ordered by the clock of the room, is one stream and loses nothing', async t => {
  const { audio } = await openStudio(t)
  const made = await Promise.all(
    [0.61, 0.505, 0.7, 0.533, 0.626, 0.519, 0.5, 0.501].map(async seconds => await makeSong(t, seconds))
  )
  const songs = await Promise.all(
    made.map(async ({ file, packets }) => {
      const source = inMemory(file, packets.length * 20)
      const payloads: string[] = []
      for await (const some of (await openOpusSong(source)).packets(0)) {
        payloads.push(...some.map(({ data }) => data.toString('hex')))
      }
      return { source, payloads }
    })
  )
  let at = Date.now()
  const producerId = await audio.song.play({ source: songs[0]!.source, positionMs: 0, at })
  const { heard } = await tap(audio, producerId!)
  for (const [n, { source }] of songs.entries()) {
    if (n > 0) await audio.song.play({ source, positionMs: 0, at })
    audio.song.prepare(songs[n + 1]?.source ?? null)
    // What plays next begins where this ends, whenever the timer rings.
    at += source.durationMs
    await new Promise(resolve => setTimeout(resolve, at - Date.now()))
  }
  const all = songs.flatMap(({ payloads }) => payloads)
  await until(() => heard.at(-1)?.payload === all.at(-1))
  t.ok(heard.length > all.length - 10, 'all but what was sent before anybody listened')
  t.same(
    heard.map(({ payload }) => payload),
    all.slice(-heard.length)
  )
  t.ok(
    placesMs(heard).every((ms, n) => ms === n * 20),
    'each begins where the one before ended'
  )
  t.ok(heard.every(({ sequence }, n) => sequence === (heard[0]!.sequence + n) % 65_536))
})

t.test(
  'on other workers it is heard through a pipe, and when its own dies from another producer, where the clock is',
  async t => {
    const { audio, media } = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
    const near = await openListener(audio, 'near')
    const far = await openListener(audio, 'far')
    t.not(near.participant.showRouter, far.participant.showRouter)
    const producerId = await audio.song.play(fromStart(song()))
    await Promise.all([near, far].map(async listener => await listener.hear(producerId!)))
    await until(() => [near, far].every(listener => listener.heard(producerId!) > 10))

    const moved = once(audio.song, 'moved')
    const home = [near, far].find(({ participant }) => participant.showRouter!.router === audio.routers[0])!
    const elsewhere = home === near ? far : near
    const startedAt = Date.now()
    process.kill(home.participant.showRouter!.mediaWorker.pid, 'SIGKILL')
    const [movedTo] = await moved
    t.not(movedTo, producerId)
    t.equal(audio.song.producerId, movedTo)
    t.equal(
      await refusal(
        elsewhere.participant.consume({ producerId: producerId!, rtpCapabilities: opusReceiveCapabilities })
      ),
      'NOT_FOUND'
    )
    await elsewhere.hear(movedTo)
    await until(() => elsewhere.heard(movedTo) > 10)
    t.ok(elsewhere.heard(movedTo) * 20 <= Date.now() - startedAt + 400)
    t.equal((await media.counts()).shows, 1)
  }
)

t.test('its only worker dies with nobody there: it goes on on the next one', async t => {
  const { audio, media } = await openStudio(t)
  await audio.song.play(fromStart(song()))
  let reached = -Infinity
  for (let round = 0; round < 2; round++) {
    const moved = once(audio.song, 'moved')
    process.kill(media.workerPids[0]!, 'SIGKILL')
    const [producerId] = await moved
    const { heard } = await tap(audio, producerId)
    await until(() => heard.length > 5)
    const positions = heard.map(({ payload }) => positionOf(payload))
    t.ok(positions[0]! > reached, `from ${positions[0]} ms after ${reached}`)
    reached = positions.at(-1)!
  }
})

t.test('ordered while no worker lives, it sounds as soon as there is one', async t => {
  const { audio, media } = await openStudio(t)
  process.kill(media.workerPids[0]!, 'SIGKILL')
  await until(() => !media.hasWorker)
  const moved = once(audio.song, 'moved')
  const ordered = await audio.song.play(fromStart(song()))
  if (ordered === null) await moved
  t.type(audio.song.producerId, 'string')
})

t.test("what can't be played is refused, and what plays goes on", async t => {
  const { audio } = await openStudio(t)
  const producerId = await audio.song.play(fromStart(song()))
  const { heard } = await tap(audio, producerId!)
  t.equal(await refusal(audio.song.play(fromStart(inMemory(Buffer.from('no song'))))), 'UNSUPPORTED_MEDIA')
  const { length } = heard
  await until(() => heard.length > length + 5)
  const failed = once(audio.song, 'failed')
  const damaged = Buffer.from(file)
  const [payload] = [...packetPlaces].find(([, ms]) => ms > 16_000)!
  damaged[file.indexOf(Buffer.from(payload, 'hex')) + 5]! ^= 1
  await audio.song.play({ source: inMemory(damaged, 30_000), positionMs: 14_000, at: Date.now() })
  t.match(await failed, [{ code: 'UNSUPPORTED_MEDIA' }])
})

t.test('of two orders the later one wins, also when it is ready first; a closed show plays nothing', async t => {
  const { audio } = await openStudio(t)
  const held = Promise.withResolvers<void>()
  const slow: SongSource = {
    ...song(),
    read: async (start, end) => {
      await held.promise
      return file.subarray(start, end)
    }
  }
  const first = audio.song.play({ source: slow, positionMs: 25_000, at: Date.now() })
  const producerId = await audio.song.play(fromStart(song()))
  const { heard } = await tap(audio, producerId!)
  held.resolve()
  await first
  await until(() => heard.length > 10)
  t.ok(heard.every(({ payload }) => positionOf(payload) < 20_000))
  audio.close()
  audio.close()
  const { length } = heard
  await audio.song.play(fromStart(song())).catch(() => {})
  t.equal(heard.length, length)
})
