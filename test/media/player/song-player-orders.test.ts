import fc from 'fast-check'
import t from 'tap'
import { openOpusSong } from '../../../media/player/opus-song.ts'
import { packetSamples, silentPacket } from '../../../media/player/opus-packet.ts'
import { songCsrc } from '../../../media/player/song-csrc.ts'
import { SongReader } from '../../../media/player/song-reader.ts'
import {
  createSimulatedPlayer,
  frameSamples,
  numberedSong,
  packetNumberOf,
  songNumberOf,
  tickMs,
  timelineOf
} from './simulated-player.ts'

t.test('seeks, pauses and late orders play the position of the clock', async t => {
  const source = numberedSong(1, 180)
  const player = createSimulatedPlayer()
  const positionMs = () => packetNumberOf(player.sent.at(-1)!) * 20
  await player.play(source)
  await player.pass(5000)
  const played = player.sent.length
  await player.play(source, 90_005)
  await player.pass(tickMs)
  t.equal(packetNumberOf(player.sent[played]!) * 20, 90_000, 'the packet that contains the position')
  t.ok(player.sent[played]!.atMs <= 5000 + tickMs)
  t.ok(
    timelineOf(player.sent).every((sample, n) => sample === n * frameSamples),
    'the stream continues'
  )

  await player.pass(1000)
  player.pause()
  const paused = player.sent.length
  await player.pass(30_000)
  const silences = player.sent.slice(paused)
  t.same(
    silences.map(({ payload, marker }) => [payload, marker]),
    Array(3).fill([silentPacket, false]),
    'three packets of silence, and no more while it is paused'
  )
  t.equal(timelineOf(player.sent).at(-1)! - timelineOf(player.sent)[paused - 1]!, 3 * frameSamples, 'after the music')
  t.ok(silences.every(({ atMs }) => atMs <= player.nowMs - 30_000 + tickMs))
  const { length } = player.sent
  t.equal(player.isTicking, false)
  await player.play(source, 91_000)
  const resumed = player.sent[length]!
  t.same(
    [packetNumberOf(resumed) * 20, resumed.marker, resumed.sequence],
    [91_000, true, (player.sent[0]!.sequence + length) % 65_536],
    'at once'
  )
  t.equal(timelineOf(player.sent)[length], player.nowMs * 48, 'the timestamps contain the time of the pause')

  for (const lateMs of [101, 3000, 60_000]) {
    await player.play(source, 10_000, lateMs)
    await player.pass(200)
    t.ok(Math.abs(positionMs() - (10_000 + lateMs + 200)) <= tickMs, `${lateMs} ms late: at ${positionMs()} ms`)
  }
  await player.play(source, 500_000)
  await player.pass(40)
  t.equal(player.isTicking, false, 'a position after the end is the end')
})

t.test('a song that continues while silence is sent continues right after the silence', async t => {
  const source = numberedSong(1, 60)
  const player = createSimulatedPlayer()
  await player.play(source)
  await player.pass(1000)
  player.pause()
  await player.pass(20)
  await player.play(source, 1000)
  await player.pass(200)
  const sent = player.sent.slice(51)
  t.same(
    sent.slice(0, 4).map(({ payload }) => payload.length),
    [...Array(3).fill(silentPacket.length), 5]
  )
  t.same(
    sent.slice(3).map(packetNumberOf),
    Array.from({ length: 9 }, (_, n) => 50 + n)
  )
  t.same(
    timelineOf(player.sent),
    player.sent.map((_, n) => n * frameSamples)
  )
})

t.test('a closed player sends nothing and listens to no ticks, whatever it was doing', async t => {
  for (const activity of ['nothing', 'playing', 'sending silence']) {
    const player = createSimulatedPlayer()
    if (activity !== 'nothing') await player.play(numberedSong(1, 60))
    await player.pass(1000)
    if (activity === 'sending silence') player.pause()
    const { length } = player.sent
    player.close()
    t.equal(player.isTicking, false, activity)
    player.close()
    await player.pass(1000)
    t.same([player.sent.length, player.isTicking], [length, false], activity)
  }
})

t.test('packets that became late while the storage was slow are skipped, not played late', async t => {
  const source = numberedSong(1, 60)
  const player = createSimulatedPlayer()
  await player.play(source)
  await player.pass(1000)
  const reader = new SongReader(await openOpusSong(source), 30_000, () => {})
  await reader.ready()
  // The order was on time when reading began, and half a second passed since.
  await player.pass(500)
  player.playReader(reader, 30_000, 500)
  const { length } = player.sent
  await player.pass(tickMs)
  const [first] = player.sent.slice(length)
  t.equal(
    packetNumberOf(first!),
    1525 + ((first!.timestamp - player.sent[0]!.timestamp) >>> 0) / frameSamples - 75,
    'at 30.5 s, plus what is played in the meantime'
  )
  t.ok(timelineOf(player.sent).every((sample, n, all) => n === 0 || sample > all[n - 1]!))
})

t.test('the stream moves forward and stays near the clock, whatever is ordered', async t => {
  const sources = [numberedSong(1, 30), numberedSong(2, 3), numberedSong(3, 0.5)] as const
  const action = fc.oneof(
    fc.record({
      type: fc.constant('play' as const),
      source: fc.nat(2),
      positionMs: fc.constantFrom(0, 0, 0, 100, 1234, 20_000),
      lateMs: fc.constantFrom(0, 3, 90, 150, 2000)
    }),
    fc.record({ type: fc.constant('pause' as const) }),
    fc.record({ type: fc.constant('stall' as const), ms: fc.integer({ min: 0, max: 40 }).map(n => n * 20) }),
    fc.record({ type: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 200 }).map(n => n * 20) })
  )
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), fc.constantFrom(20, 40, 60), async (actions, frameMs) => {
      const player = createSimulatedPlayer(frameMs)
      for (const action of actions) {
        if (action.type === 'play') await player.play(sources[action.source]!, action.positionMs, action.lateMs)
        if (action.type === 'pause') player.pause()
        if (action.type === 'stall') player.stall(action.ms)
        if (action.type === 'pass') await player.pass(action.ms)
      }
      const timeline = timelineOf(player.sent)
      let clockOffset: number | undefined
      player.sent.forEach((packet, n) => {
        const place = timeline[n]!
        const before = player.sent[n - 1]
        if (before && packet.sequence !== (before.sequence + 1) % 65_536) {
          throw new Error('a sequence number is missing')
        }
        if (before) {
          const gap = place - timeline[n - 1]! - packetSamples(before.payload)
          if (gap < 0 || gap > 0 !== packet.marker) throw new Error(`a gap of ${gap} samples`)
        }
        clockOffset ??= place - packet.atMs * 48
        const behindMs = (packet.atMs * 48 + clockOffset - place) / 48
        // The first packet, to which the others are compared, may be late itself.
        if (Math.abs(behindMs) > 320) throw new Error(`${behindMs} ms behind the clock`)
      })
    }),
    { numRuns: 150 }
  )
  t.pass('150 sequences of actions')
})

t.test('each packet names the song it is of, also where one follows the other; silence names none', async t => {
  const player = createSimulatedPlayer()
  await player.play(numberedSong(1, 3))
  await player.pass(2900)
  await player.play(numberedSong(2, 3))
  await player.pass(500)
  player.pause()
  await player.pass(200)
  const music = player.sent.filter(({ csrc }) => csrc !== null)
  t.same(new Set(music.map(songNumberOf)), new Set([1, 2]))
  for (const packet of music) if (packet.csrc !== songCsrc(`song-${songNumberOf(packet)}`)) t.fail('the wrong song')
  t.same(
    player.sent.slice(music.length).map(({ csrc }) => csrc),
    [null, null, null]
  )
})
