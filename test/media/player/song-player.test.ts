import t from 'tap'
import { packetSamples } from '../../../media/player/opus-packet.ts'
import { inMemory } from '../ogg-writer.ts'
import { encodeSong } from './encoded-songs.ts'
import {
  createSimulatedPlayer,
  frameSamples,
  numberedSong,
  packetNumberOf,
  songNumberOf,
  tickMs,
  timelineOf
} from './simulated-player.ts'

t.test('for an hour every packet is sent when it is due, without drift', async t => {
  const player = createSimulatedPlayer()
  await player.play(numberedSong(1, 3600))
  await player.pass(3_600_000)
  t.equal(player.sent.length, 180_000)
  t.ok(
    player.sent.every(
      ({ atMs, sequence }, n) =>
        atMs === Math.floor(n / 3) * tickMs && sequence === (player.sent[0]!.sequence + n) % 65_536
    )
  )
  t.ok(timelineOf(player.sent).every((sample, n) => sample === n * frameSamples))
  t.equal(player.sent.filter(({ marker }) => marker).length, 1, 'only the first packet comes after silence')
  t.same(
    player.ended.map(({ atMs }) => atMs),
    [3_600_000]
  )
  t.equal(player.isTicking, false)
})

t.test('the timestamps of a song of three minutes cover three minutes', async t => {
  const { file } = await encodeSong(t, 180)
  for (const frameMs of [20, 60]) {
    const player = createSimulatedPlayer(frameMs)
    await player.play(inMemory(file, 180_000))
    await player.pass(181_000)
    const ms = (timelineOf(player.sent).at(-1)! + packetSamples(player.sent.at(-1)!.payload)) / 48
    t.ok(Math.abs(ms - 180_000) <= 50, `${ms} ms`)
    t.ok(Math.abs(player.ended[0]!.atMs - 180_000) <= 50)
  }
})

t.test('three songs in a row are one stream without a gap, however late each is ordered', async t => {
  for (const lateMs of [0, 5, 40, 90]) {
    const player = createSimulatedPlayer()
    for (const songNumber of [1, 2, 3]) {
      // As the room orders it: a little after the song before should be over by the clock.
      if (songNumber > 1) await player.pass(10_000 * (songNumber - 1) + lateMs - player.nowMs)
      await player.play(numberedSong(songNumber, 10), 0, lateMs)
    }
    await player.pass(12_000)
    t.same(
      player.sent.map(packet => [songNumberOf(packet), packetNumberOf(packet)]),
      [1, 2, 3].flatMap(songNumber => Array.from({ length: 500 }, (_, n) => [songNumber, n])),
      `${lateMs} ms late: all packets of each`
    )
    t.ok(timelineOf(player.sent).every((sample, n) => sample === n * frameSamples))
    t.equal(player.sent.filter(({ marker }) => marker).length, 1)
    t.equal(player.ended.length, 3)
    t.ok(player.ended.every(({ atMs }, n) => Math.abs(atMs - (n + 1) * 10_000) <= 120))
  }
})

t.test('a song that began late, after packets that were sent ahead, is played to its end', async t => {
  for (const frameMs of [20, 60]) {
    for (const afterMs of [1000, 1020, 1040]) {
      const player = createSimulatedPlayer(frameMs)
      await player.play(numberedSong(1, 10))
      await player.pass(afterMs)
      await player.play(numberedSong(2, 9.02), 0, 80)
      await player.pass(9020 - 80)
      await player.play(numberedSong(3, 1))
      await player.pass(2000)
      const second = player.sent.filter(packet => songNumberOf(packet) === 2)
      t.equal(
        second.reduce((samples, { payload }) => samples + packetSamples(payload), 0),
        9020 * 48
      )
      t.ok(
        timelineOf(player.sent).every(
          (sample, n, all) => n === 0 || sample - all[n - 1]! === packetSamples(player.sent[n - 1]!.payload)
        ),
        'without a gap'
      )
      t.ok(
        timelineOf(player.sent).every((sample, n) => player.sent[n]!.atMs <= sample / 48),
        'no packet is sent after it is due'
      )
    }
  }
})

t.test('the next song waits for the last packets of the current song', async t => {
  const player = createSimulatedPlayer()
  await player.play(numberedSong(1, 10))
  await player.pass(9940)
  await player.play(numberedSong(2, 10))
  await player.pass(1000)
  const songNumbers = player.sent.map(songNumberOf)
  t.equal(songNumbers.lastIndexOf(1), 499)
  t.equal(songNumbers.indexOf(2), 500)
  await player.play(numberedSong(3, 10))
  await player.pass(40)
  t.equal(songNumberOf(player.sent.at(-1)!), 3, 'it does not wait in the middle of a song')
})

t.test('after a standstill the player catches up a few packets at a time, or skips packets', async t => {
  const player = createSimulatedPlayer()
  await player.play(numberedSong(1, 60))
  await player.pass(1000)
  player.stall(180)
  await player.pass(200)
  const perTick = Map.groupBy(player.sent, ({ atMs }) => atMs)
  t.same(
    [...perTick.values()].slice(-4).map(({ length }) => length),
    [9, 6, 3, 3]
  )
  t.same(
    player.sent.map(packetNumberOf),
    Array.from({ length: 72 }, (_, n) => n),
    'no packet is missing'
  )
  player.stall(2000)
  await player.pass(tickMs)
  t.same(player.sent.slice(72).map(packetNumberOf), [171, 172, 173], 'after two seconds, the packets that are due now')
  t.equal(timelineOf(player.sent).at(-1), 173 * frameSamples, 'the timestamps kept up with the clock')
})

t.test('packets are joined to the configured length, also at the end', async t => {
  const player = createSimulatedPlayer(60)
  await player.play(numberedSong(1, 1))
  await player.pass(2000)
  t.same(
    player.sent.map(({ payload }) => packetSamples(payload)),
    [...Array(16).fill(3 * frameSamples), 2 * frameSamples]
  )
  t.same(
    timelineOf(player.sent),
    Array.from({ length: 17 }, (_, n) => n * 3 * frameSamples)
  )
  t.ok(player.sent.every(({ atMs }, n) => atMs === n * 60))
})
