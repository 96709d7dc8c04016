import t from 'tap'
import { packetSamples } from '../../../media/player/opus-packet.ts'
import { openStintFile } from '../../../media/recording/opening-file.ts'
import { createVoiceStints } from '../../../media/recording/voice-stints.ts'
import { bytesOf, decode, memoryStints, packetsOf, pagesOf, probe, soundsIn } from './memory-stints.ts'
import { record, samplesOf, startedAtMs } from './record-arrivals.ts'
import { arrivalsOf, quietPacket, randomNumbers, rtpPacket, tonePackets } from './synthetic-voice.ts'

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

t.test('timestamps that jump begin another stint', async t => {
  const talk = (count: number, firstTimestamp: number, at: number, firstSequence: number) =>
    arrivalsOf({ payload: () => quietPacket, packets: count, startedAtMs: at, firstTimestamp, firstSequence })
  const first = talk(600, 0, startedAtMs, 0)
  for (const [name, timestamp, pauseMs] of [
    ['forwards', 48_000 * 1000, 0],
    ['a little forwards', 600 * 960 + 48_000 * 5, 0],
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
  const fillers = packetsOf(bytesOf(stereo[0]!)).filter(packet => !packet.equals(quietPacket))
  t.ok(fillers.length > 0 && fillers.every(([toc = 0]) => (toc & 4) !== 0), 'silence has two channels too')
  const flagged = await record(arrivalsOf({ payload: () => Buffer.from([0xfc, 0xff, 0xfe]), packets: 5, startedAtMs }))
  t.match(await probe(bytesOf(flagged[0]!)), { channels: 2 })
})
