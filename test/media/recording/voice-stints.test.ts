import t from 'tap'
import { packetSamples } from '../../../media/player/opus-packet.ts'
import { openStintFile } from '../../../media/recording/opening-file.ts'
import { createVoiceStints } from '../../../media/recording/voice-stints.ts'
import { bytesOf, decode, memoryStints, packetsOf, pagesOf, probe, soundsIn, timeAt } from './memory-stints.ts'
import { arrivalsOf, quietPacket, randomNumbers, rtpPacket, tonePackets, type Arrival } from './synthetic-voice.ts'

const startedAtMs = 1_700_000_000_000

/** Records arrivals as a recorder does that ticks every 250 ms. */
async function record(arrivals: readonly Arrival[], isStereo = false) {
  const { files, stints } = memoryStints()
  const voice = createVoiceStints(isStereo, at =>
    openStintFile(
      { showId: 'show', userId: 'speaker', startedAtMs: at },
      {
        files,
        onFailed() {},
        onLost(error) {
          throw error
        }
      }
    )
  )
  let tickedAtMs = arrivals[0]?.atMs ?? 0
  for (const { bytes, atMs } of arrivals) {
    for (; tickedAtMs + 250 < atMs; tickedAtMs += 250) voice.tick(tickedAtMs + 250)
    voice.add(bytes, atMs)
  }
  await voice.end()
  return stints
}

const samplesOf = (bytes: Buffer) => packetsOf(bytes).reduce((sum, packet) => sum + packetSamples(packet), 0)

t.test('packets are written unchanged, to a file that ffmpeg reads without complaint', async t => {
  const packets = await tonePackets(440, 3)
  const stints = await record(arrivalsOf({ payload: index => packets[index]!, packets: 150, startedAtMs }))
  t.equal(stints.length, 1)
  const [stint] = stints
  const bytes = bytesOf(stint!)
  t.same(stint?.start, { showId: 'show', userId: 'speaker', startedAtMs })
  t.ok(stint?.isClosed)
  t.same(packetsOf(bytes), packets.slice(0, 150))
  t.match(await probe(bytes), { codec_name: 'opus', channels: 1, sample_rate: '48000', start_pts: 0 })
  t.equal((await decode(bytes)).length, 150 * 960 - 312, 'all samples apart from the pre-skip')
  const pages = pagesOf(bytes)
  t.ok(pages[0]?.isFirst)
  t.ok(pages.at(-1)?.isLast)
  t.same(
    pages.map(({ sequence }) => sequence),
    pages.map((_, index) => index)
  )
  t.same(stint?.marks, [{ samples: 0, atMs: startedAtMs }])
})

t.test('a page is passed on each second', async t => {
  const { files, stints } = memoryStints()
  const start = { showId: 'show', userId: 'speaker', startedAtMs }
  const voice = createVoiceStints(false, () => openStintFile(start, { files, onFailed() {}, onLost() {} }))
  const arrivals = arrivalsOf({ payload: () => quietPacket, packets: 500, startedAtMs })
  for (const [index, { bytes, atMs }] of arrivals.entries()) {
    voice.add(bytes, atMs)
    if (index % 12 === 0) voice.tick(atMs)
    await Promise.resolve()
    if (index < 100) continue
    const behindMs = (index + 1) * 20 - samplesOf(bytesOf(stints[0]!)) / 48
    if (behindMs > 1250) t.fail(`${behindMs} ms are not written`)
  }
  await voice.end()
})

t.test('loss, reordering, duplicates and wraps keep each sound at its time', async t => {
  const packets = await tonePackets(500, 10, 'between(mod(t,2),1,1.5)*0.5')
  const random = randomNumbers(1)
  const arrivals = arrivalsOf({
    payload: index => packets[index]!,
    packets: 500,
    startedAtMs,
    delayMs: index => (index % 10 === 3 ? 90 : random() * 5),
    isLost: index => index % 17 === 5,
    firstSequence: 2 ** 16 - 100,
    firstTimestamp: 2 ** 32 - 200 * 960
  })
  const doubled = arrivals.flatMap(arrival => [arrival, { ...arrival, atMs: arrival.atMs + 1 }])
  const stints = await record(doubled)
  t.equal(stints.length, 1)
  const bytes = bytesOf(stints[0]!)
  t.equal(samplesOf(bytes), 500 * 960)
  const received = packets.slice(0, 500).filter((_, index) => index % 17 !== 5)
  const written = packetsOf(bytes).filter(packet => packet.length > 20)
  t.same(
    written,
    received.filter(packet => packet.length > 20)
  )
  const starts = soundsIn(await decode(bytes)).map(({ fromMs }) => fromMs)
  for (const expected of [1000, 3000, 5000, 7000, 9000]) {
    t.ok(
      starts.some(fromMs => Math.abs(fromMs - expected) <= 25),
      `the sound of ${expected} in ${starts.join()}`
    )
  }
})

t.test('a muted speaker and DTX leave silence of the right length', async t => {
  const packets = await tonePackets(500, 20)
  const isMuted = (index: number) => index >= 100 && index < 350
  const isDtx = (index: number) => index >= 500 && index < 700 && index % 20 !== 0
  const stints = await record(
    arrivalsOf({
      payload: index =>
        isMuted(index) || isDtx(index) ? null : index >= 500 && index < 700 ? quietPacket : packets[index]!,
      packets: 1000,
      startedAtMs
    })
  )
  t.equal(stints.length, 1)
  const bytes = bytesOf(stints[0]!)
  t.equal(samplesOf(bytes), 1000 * 960)
  t.ok(
    packetsOf(bytes).some(packet => packetSamples(packet) === 5760),
    'silence comes in packets of 120 ms'
  )
  const sounds = soundsIn(await decode(bytes))
  const expected = [
    [0, 2000],
    [7000, 10_000],
    [14_000, 20_000]
  ] as const
  t.equal(sounds.length, 3)
  for (const [index, [fromMs, toMs]] of expected.entries()) {
    t.ok(Math.abs(sounds[index]!.fromMs - fromMs) <= 25, `from ${sounds[index]?.fromMs}`)
    t.ok(Math.abs(sounds[index]!.toMs - toMs) <= 25, `to ${sounds[index]?.toMs}`)
  }
})

t.test('ten minutes of two sound cards stay together', async t => {
  const packets = 30_000
  const cards = [
    { driftPpm: 100, seed: 1, baseMs: 20 },
    { driftPpm: -100, seed: 2, baseMs: 20 }
  ]
  const errorsOf = await Promise.all(
    cards.map(async ({ driftPpm, seed, baseMs }) => {
      const random = randomNumbers(seed)
      // Exponential jitter of 15 ms on average, with a crowded network for 20 s.
      const delayMs = (index: number) =>
        baseMs - 15 * Math.log(1 - random()) + (index > 10_000 && index < 11_000 ? 150 : 0)
      const isLost = () => random() < 0.02
      const arrivals = arrivalsOf({ payload: () => quietPacket, packets, startedAtMs, driftPpm, delayMs, isLost })
      const stints = await record(arrivals)
      t.equal(stints.length, 1)
      const samples = samplesOf(bytesOf(stints[0]!))
      t.ok(Math.abs(samples - packets * 960) <= 5 * 960)
      return (atMs: number) => {
        const spoken = (atMs * 48 * (1 + driftPpm / 1e6)) | 0
        return timeAt(stints[0]!, spoken) - startedAtMs - atMs
      }
    })
  )
  for (const atMs of [10_000, 60_000, 205_000, 215_000, 300_000, 595_000]) {
    const [one, other] = errorsOf.map(errorOf => errorOf(atMs))
    t.ok(Math.abs(one! - other!) <= 20, `${one} and ${other} ms at ${atMs}`)
    t.ok(Math.abs(one! - 20) <= 20, `${one} ms is near the delay of the network`)
  }
})

t.test('timestamps that jump begin another stint', async t => {
  const talk = (count: number, firstTimestamp: number, at: number, firstSequence: number) =>
    arrivalsOf({ payload: () => quietPacket, packets: count, startedAtMs: at, firstTimestamp, firstSequence })
  const first = talk(600, 0, startedAtMs, 0)
  for (const [name, timestamp, pauseMs] of [
    ['forwards', 48_000 * 1000, 0],
    ['backwards', 2 ** 32 - 48_000 * 1000, 0],
    ['after a long mute', 600 * 960 + 48_000 * 1800, 1_800_000]
  ] as const) {
    const at = startedAtMs + 12_000 + pauseMs
    const stints = await record([...first, ...talk(600, timestamp, at, 600)])
    t.same(
      stints.map(({ start }) => start.startedAtMs),
      [startedAtMs, at],
      name
    )
    for (const stint of stints) t.equal(samplesOf(bytesOf(stint)), 600 * 960)
  }
})

t.test('a clock that stood still begins another stint; late packets do not', async t => {
  const late = arrivalsOf({
    payload: () => quietPacket,
    packets: 1200,
    startedAtMs,
    delayMs: index => (index >= 600 && index < 750 ? (750 - index) * 20 : 0)
  })
  t.equal((await record(late)).length, 1)
  const stopped = arrivalsOf({
    payload: () => quietPacket,
    packets: 1200,
    startedAtMs,
    delayMs: index => (index >= 600 ? 5000 : 0)
  })
  const stints = await record(stopped)
  t.equal(stints.length, 2)
  t.ok(Math.abs(stints[1]!.start.startedAtMs - startedAtMs - 18_000) < 100, 'about a second after the pause')
})

t.test('a hostile speaker makes no stints in a row, and writes no more than its time', async t => {
  const jumping = Array.from({ length: 1500 }, (_, index) => ({
    bytes: rtpPacket(index, index * 48_000 * 300, quietPacket),
    atMs: startedAtMs + index * 20
  }))
  t.ok((await record(jumping)).length <= 3)
  const creeping = jumping.map(({ atMs }, index) => ({ bytes: rtpPacket(index, index * 48_000, quietPacket), atMs }))
  const stints = await record(creeping)
  const written = stints.reduce((sum, stint) => sum + samplesOf(bytesOf(stint)) / 48, 0)
  t.ok(stints.length <= 3)
  t.ok(written < 70_000, `${written} ms`)
  const longer = Buffer.from([0xfb, 6, ...Array(12).fill(0)])
  const overlapping = jumping.map(({ atMs }, index) => ({ bytes: rtpPacket(index, index * 960, longer), atMs }))
  t.ok((await record(overlapping)).length <= 3)
})

t.test('what is no Opus is left out like a lost packet', async t => {
  const broken = [Buffer.from([0xff]), Buffer.alloc(20_000), Buffer.from([0xff, 0x3f])]
  const stints = await record(
    arrivalsOf({
      payload: index => (index < 3 || index % 50 < 3 ? broken[index % 50]! : quietPacket),
      packets: 500,
      startedAtMs
    })
  )
  t.equal(stints.length, 1)
  t.equal(stints[0]?.start.startedAtMs, startedAtMs + 60)
  const bytes = bytesOf(stints[0]!)
  t.equal(samplesOf(bytes), 497 * 960)
  await decode(bytes)
})

t.test('after a stint was lost, another one begins', async t => {
  const begun: number[] = []
  const voice = createVoiceStints(false, (at, onLost) => {
    begun.push(at - startedAtMs)
    if (begun.length === 1) queueMicrotask(onLost)
    return { append() {}, mark() {}, async close() {} }
  })
  for (const { bytes, atMs } of arrivalsOf({ payload: () => quietPacket, packets: 1500, startedAtMs })) {
    voice.add(bytes, atMs)
    await Promise.resolve()
  }
  t.same(begun, [0, 10_000])
  await voice.end()
})

t.test('a stereo voice has two channels', async t => {
  const stereo = await record(
    arrivalsOf({ payload: index => (index % 60 < 50 ? quietPacket : null), packets: 500, startedAtMs }),
    true
  )
  t.match(await probe(bytesOf(stereo[0]!)), { channels: 2 })
  await decode(bytesOf(stereo[0]!))
  const flagged = await record(arrivalsOf({ payload: () => Buffer.from([0xfc, 0xff, 0xfe]), packets: 5, startedAtMs }))
  t.match(await probe(bytesOf(flagged[0]!)), { channels: 2 })
})
