import { mock } from 'node:test'
import fc from 'fast-check'
import t from 'tap'
import { openOpusSong, type OpusSong } from '../../media/player/opus-song.ts'
import { packetSamples, silentPacket } from '../../media/player/opus-packet.ts'
import { createPacer, type Tick } from '../../media/player/pacer.ts'
import { createRtpStream } from '../../media/player/rtp-stream.ts'
import { SongPlayer } from '../../media/player/song-player.ts'
import { SongReader } from '../../media/player/song-reader.ts'
import type { SongSource } from '../../media/player/song-source.ts'
import { makeSong } from './made-songs.ts'
import { inMemory, writeOgg } from './ogg-writer.ts'

const celt20 = 19 << 3
const frame = 960

/** A song of 20 ms packets which say which song they are of, and their number. */
function songFile(name: number, seconds: number): Buffer {
  const packets = Array.from({ length: seconds * 50 }, (_, n) =>
    Buffer.from([celt20, name, n >> 16, (n >> 8) & 255, n & 255])
  )
  return Buffer.concat(writeOgg({ packets, samples: packetSamples, preSkip: 0 }))
}

interface Sent {
  sequence: number
  timestamp: number
  marker: boolean
  payload: Buffer
  atMs: number
}

/** What a packet says it is; a joined one has the lengths of its frames before them. */
const nameOf = ({ payload }: Sent) => payload[(payload[0]! & 3) === 3 ? 1 + (payload[1]! & 0x3f) : 1]!
const numberOf = ({ payload }: Sent) => payload.readUIntBE(2, 3)

/** What the pacer does. */
const tickMs = 60

/** A player in the hand: time passes only when told, and everything it sends is kept. */
function openDeck(frameMs = 20) {
  const ticks = new Set<Tick>()
  const sent: Sent[] = []
  const ended: { song: OpusSong; atMs: number }[] = []
  let nowMs = 0
  const player = new SongPlayer({
    pacer: {
      get nowMs() {
        return nowMs
      },
      get nextTickMs() {
        return (Math.floor(nowMs / tickMs) + 1) * tickMs
      },
      add(tick) {
        ticks.add(tick)
        return () => ticks.delete(tick)
      },
      close() {}
    },
    rtp: createRtpStream(100),
    frameMs,
    send: packet =>
      sent.push({
        sequence: packet.readUInt16BE(2),
        timestamp: packet.readUInt32BE(4),
        marker: packet[1]! > 127,
        payload: packet.subarray(12),
        atMs: nowMs
      }),
    onEnded: ({ song }, inMs) => ended.push({ song, atMs: nowMs + inMs })
  })

  return {
    sent,
    ended,
    player,
    get nowMs() {
      return nowMs
    },
    get isTicking() {
      return ticks.size > 0
    },
    async play(source: SongSource, positionMs = 0, lateMs = 0) {
      const song = await openOpusSong(source)
      const reading = new SongReader(song, SongPlayer.readFrom(positionMs, lateMs), () => {})
      await reading.ready()
      player.play(reading, positionMs, lateMs)
    },
    /** The clock goes on; what is read meanwhile arrives. */
    async pass(ms: number) {
      for (const end = nowMs + ms; nowMs < end;) {
        nowMs += 20
        if (nowMs % tickMs === 0) for (const tick of ticks) tick(nowMs, nowMs + tickMs)
        if (nowMs % 500 === 0) await new Promise(resolve => setImmediate(resolve))
      }
    },
    /** The process stands still. */
    stall(ms: number) {
      nowMs += ms
    }
  }
}

/** Timestamps from the first packet on, in samples. */
const line = (sent: Sent[]) => sent.map(({ timestamp }) => (timestamp - sent[0]!.timestamp) >>> 0)

t.test('over an hour every packet leaves when it is due, and nothing drifts', async t => {
  const deck = openDeck()
  await deck.play(inMemory(songFile(1, 3600)))
  await deck.pass(3_600_000)
  t.equal(deck.sent.length, 180_000)
  t.ok(
    deck.sent.every(
      ({ atMs, sequence }, n) =>
        atMs === Math.floor(n / 3) * tickMs && sequence === (deck.sent[0]!.sequence + n) % 65_536
    )
  )
  t.ok(line(deck.sent).every((sample, n) => sample === n * frame))
  t.same(deck.sent.filter(({ marker }) => marker).length, 1, 'only the first comes after silence')
  t.same(
    deck.ended.map(({ atMs }) => atMs),
    [3_600_000]
  )
  t.equal(deck.isTicking, false)
})

t.test('the timestamps of a song of three minutes are three minutes', async t => {
  for (const frameMs of [20, 60]) {
    const deck = openDeck(frameMs)
    await deck.play(inMemory((await makeSong(t, 180)).file, 180_000))
    await deck.pass(181_000)
    const ms = (line(deck.sent).at(-1)! + packetSamples(deck.sent.at(-1)!.payload)) / 48
    t.ok(Math.abs(ms - 180_000) <= 50, `${ms} ms`)
    t.ok(Math.abs(deck.ended[0]!.atMs - 180_000) <= 50)
  }
})

t.test("the pacer's ticks stay on the clock for an hour, however late each one is", async t => {
  let nowMs = 0
  let pending: { callback: () => void; atMs: number } | null = null
  const timers = mock.method(globalThis, 'setTimeout', (callback: () => void, ms: number) => {
    pending = { callback, atMs: nowMs + ms }
  })
  const told: number[] = []
  const late: number[] = []
  const pacer = createPacer(() => nowMs)
  pacer.add(tickMs => {
    told.push(tickMs)
    late.push(nowMs - tickMs)
  })
  const lateness = [0.3, 1.1, 0, 4, 15, 0.7, -0.4]
  for (let n = 0; nowMs < 3_600_000; n++) {
    const due: { callback: () => void; atMs: number } = pending!
    nowMs = Math.max(nowMs, due.atMs + lateness[n % lateness.length]!)
    due.callback()
  }
  timers.mock.restore()
  t.equal(told.length, 60_000)
  t.ok(
    told.every((ms, n) => ms === (n + 1) * tickMs),
    'each is told as it should have been'
  )
  t.ok(late.every(ms => ms >= 0 && ms < 20))
  pacer.close()
})

t.test('the pacer tells once of ticks that were missed, serves many, and rests when nobody listens', async t => {
  const pacer = createPacer()
  const seen: string[] = []
  const stops = ['a', 'b'].map(name => pacer.add(() => seen.push(name)))
  while (seen.length < 4) await new Promise(resolve => setTimeout(resolve, 5))
  t.same(seen.slice(0, 4), ['a', 'b', 'a', 'b'])
  const before = seen.length
  const blockedUntil = performance.now() + 100
  while (performance.now() < blockedUntil);
  await new Promise(resolve => setTimeout(resolve))
  t.ok(seen.length - before <= 4, `${seen.length - before} calls for 5 ticks`)
  for (const stop of stops) stop()
  stops[0]!()
  const { length } = seen
  await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(seen.length, length)
  pacer.close()
})

t.test('three songs in a row are one stream without a gap, however late each is ordered', async t => {
  for (const lateMs of [0, 5, 40, 90]) {
    const deck = openDeck()
    for (const name of [1, 2, 3]) {
      // As the room orders it: when the one before should be over by the clock, and a bit.
      if (name > 1) await deck.pass(10_000 * (name - 1) + lateMs - deck.nowMs)
      await deck.play(inMemory(songFile(name, 10)), 0, lateMs)
    }
    await deck.pass(12_000)
    t.same(
      deck.sent.map(packet => [nameOf(packet), numberOf(packet)]),
      [1, 2, 3].flatMap(name => Array.from({ length: 500 }, (_, n) => [name, n])),
      `${lateMs} ms late: all of each`
    )
    t.ok(line(deck.sent).every((sample, n) => sample === n * frame))
    t.equal(deck.sent.filter(({ marker }) => marker).length, 1)
    t.equal(deck.ended.length, 3)
    t.ok(deck.ended.every(({ atMs }, n) => Math.abs(atMs - (n + 1) * 10_000) <= 120))
  }
})

t.test('a song that began late, behind what was sent ahead, is played to its end', async t => {
  for (const frameMs of [20, 60]) {
    for (const afterMs of [1000, 1020, 1040]) {
      const deck = openDeck(frameMs)
      await deck.play(inMemory(songFile(1, 10)))
      await deck.pass(afterMs)
      await deck.play(inMemory(songFile(2, 9.02)), 0, 80)
      await deck.pass(9020 - 80)
      await deck.play(inMemory(songFile(3, 1)))
      await deck.pass(2000)
      const second = deck.sent.filter(packet => nameOf(packet) === 2)
      t.equal(
        second.reduce((samples, { payload }) => samples + packetSamples(payload), 0),
        9020 * 48
      )
      t.ok(
        line(deck.sent).every(
          (sample, n, all) => n === 0 || sample - all[n - 1]! === packetSamples(deck.sent[n - 1]!.payload)
        ),
        'without a gap'
      )
      t.ok(
        line(deck.sent).every((sample, n) => deck.sent[n]!.atMs <= sample / 48),
        'nothing after it is due'
      )
    }
  }
})

t.test('the next song waits for the last packets of the one that plays', async t => {
  const deck = openDeck()
  await deck.play(inMemory(songFile(1, 10)))
  await deck.pass(9940)
  await deck.play(inMemory(songFile(2, 10)))
  await deck.pass(1000)
  const names = deck.sent.map(nameOf)
  t.equal(names.lastIndexOf(1), 499)
  t.equal(names.indexOf(2), 500)
  await deck.play(inMemory(songFile(3, 10)))
  await deck.pass(40)
  t.equal(nameOf(deck.sent.at(-1)!), 3, 'in the middle of a song it does not wait')
})

t.test('seeks, pauses and late orders land where the clock is', async t => {
  const source = inMemory(songFile(1, 180))
  const deck = openDeck()
  const positionMs = () => numberOf(deck.sent.at(-1)!) * 20
  await deck.play(source)
  await deck.pass(5000)
  const played = deck.sent.length
  await deck.play(source, 90_005)
  await deck.pass(tickMs)
  t.equal(numberOf(deck.sent[played]!) * 20, 90_000, 'the packet in which the position is')
  t.ok(deck.sent[played]!.atMs <= 5000 + tickMs)
  t.ok(
    line(deck.sent).every((sample, n) => sample === n * frame),
    'the stream goes on'
  )

  await deck.pass(1000)
  deck.player.pause()
  const paused = deck.sent.length
  await deck.pass(30_000)
  const silences = deck.sent.slice(paused)
  t.same(
    silences.map(({ payload, marker }) => [payload, marker]),
    Array(3).fill([silentPacket, false]),
    'a little silence, and not a packet more while it is paused'
  )
  t.equal(line(deck.sent).at(-1)! - line(deck.sent)[paused - 1]!, 3 * frame, 'right behind the music')
  t.ok(silences.every(({ atMs }) => atMs <= deck.nowMs - 30_000 + tickMs))
  const { length } = deck.sent
  t.equal(deck.isTicking, false)
  await deck.play(source, 91_000)
  const again = deck.sent[length]!
  t.same(
    [numberOf(again) * 20, again.marker, again.sequence],
    [91_000, true, (deck.sent[0]!.sequence + length) % 65_536],
    'at once'
  )
  t.equal(line(deck.sent)[length], deck.nowMs * 48, 'the silence has its place in the timestamps')

  for (const lateMs of [101, 3000, 60_000]) {
    await deck.play(source, 10_000, lateMs)
    await deck.pass(200)
    t.ok(Math.abs(positionMs() - (10_000 + lateMs + 200)) <= tickMs, `${lateMs} ms late: at ${positionMs()} ms`)
  }
  await deck.play(source, 500_000)
  await deck.pass(40)
  t.equal(deck.isTicking, false, 'a position after the end is the end')
})

t.test('a song that goes on while silence is sent goes on right behind it', async t => {
  const source = inMemory(songFile(1, 60))
  const deck = openDeck()
  await deck.play(source)
  await deck.pass(1000)
  deck.player.pause()
  await deck.pass(20)
  await deck.play(source, 1000)
  await deck.pass(200)
  const sent = deck.sent.slice(51)
  t.same(
    sent.slice(0, 4).map(({ payload }) => payload.length),
    [...Array(3).fill(silentPacket.length), 5]
  )
  t.same(
    sent.slice(3).map(numberOf),
    Array.from({ length: 9 }, (_, n) => 50 + n)
  )
  t.same(
    line(deck.sent),
    deck.sent.map((_, n) => n * frame)
  )
})

t.test('a player that is closed asks for no more ticks, whatever it was doing', async t => {
  for (const doing of ['nothing', 'playing', 'falling silent']) {
    const deck = openDeck()
    if (doing !== 'nothing') await deck.play(inMemory(songFile(1, 60)))
    await deck.pass(1000)
    if (doing === 'falling silent') deck.player.pause()
    const { length } = deck.sent
    deck.player.close()
    t.equal(deck.isTicking, false, doing)
    deck.player.close()
    await deck.pass(1000)
    t.same([deck.sent.length, deck.isTicking], [length, false], doing)
  }
})

t.test('a position that was reached before reading was slow is left out, not played late', async t => {
  const file = songFile(1, 60)
  const deck = openDeck()
  await deck.play(inMemory(file))
  await deck.pass(1000)
  const song = await openOpusSong(inMemory(file))
  const reading = new SongReader(song, 30_000, () => {})
  await reading.ready()
  // It was on time when reading began, and half a second went by.
  await deck.pass(500)
  deck.player.play(reading, 30_000, 500)
  const { length } = deck.sent
  await deck.pass(tickMs)
  const [first] = deck.sent.slice(length)
  t.equal(
    numberOf(first!),
    1525 + ((first!.timestamp - deck.sent[0]!.timestamp) >>> 0) / frame - 75,
    'at 30.5 s, and what plays meanwhile'
  )
  t.ok(line(deck.sent).every((sample, n, all) => n === 0 || sample > all[n - 1]!))
})

t.test('after a standstill it catches up a few packets at a time, or leaves out', async t => {
  const deck = openDeck()
  await deck.play(inMemory(songFile(1, 60)))
  await deck.pass(1000)
  deck.stall(180)
  await deck.pass(200)
  const perTick = Map.groupBy(deck.sent, ({ atMs }) => atMs)
  t.same(
    [...perTick.values()].slice(-4).map(({ length }) => length),
    [9, 6, 3, 3]
  )
  t.same(
    deck.sent.map(numberOf),
    Array.from({ length: 72 }, (_, n) => n),
    'all of them'
  )
  deck.stall(2000)
  await deck.pass(tickMs)
  t.same(deck.sent.slice(72).map(numberOf), [171, 172, 173], 'after two seconds what is due now')
  t.equal(line(deck.sent).at(-1), 173 * frame, 'the stream has kept its time')
})

t.test('whatever is ordered, the stream goes forward and what is sent is near the clock', async t => {
  const sources = [inMemory(songFile(1, 30)), inMemory(songFile(2, 3)), inMemory(songFile(3, 0.5))] as const
  const order = fc.oneof(
    fc.record({
      what: fc.constant('play' as const),
      source: fc.nat(2),
      positionMs: fc.constantFrom(0, 0, 0, 100, 1234, 20_000),
      lateMs: fc.constantFrom(0, 3, 90, 150, 2000)
    }),
    fc.record({ what: fc.constant('pause' as const) }),
    fc.record({ what: fc.constant('stall' as const), ms: fc.integer({ min: 0, max: 40 }).map(n => n * 20) }),
    fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 200 }).map(n => n * 20) })
  )
  await fc.assert(
    fc.asyncProperty(fc.array(order, { maxLength: 30 }), fc.constantFrom(20, 40, 60), async (orders, frameMs) => {
      const deck = openDeck(frameMs)
      for (const order of orders) {
        if (order.what === 'play') await deck.play(sources[order.source]!, order.positionMs, order.lateMs)
        if (order.what === 'pause') deck.player.pause()
        if (order.what === 'stall') deck.stall(order.ms)
        if (order.what === 'pass') await deck.pass(order.ms)
      }
      let clockToLine: number | undefined
      deck.sent.forEach((packet, n) => {
        const place = line(deck.sent)[n]!
        const before = deck.sent[n - 1]
        if (before && packet.sequence !== (before.sequence + 1) % 65_536) {
          throw new Error('a sequence number is missing')
        }
        if (before) {
          const gap = place - line(deck.sent)[n - 1]! - packetSamples(before.payload)
          if (gap < 0 || gap > 0 !== packet.marker) throw new Error(`a gap of ${gap} samples`)
        }
        clockToLine ??= place - packet.atMs * 48
        const behind = (packet.atMs * 48 + clockToLine - place) / 48
        // The first one, which is what the others are held against, may be late itself.
        if (Math.abs(behind) > 320) throw new Error(`${behind} ms behind the clock`)
      })
    }),
    { numRuns: 150 }
  )
  t.pass('150 orders')
})

t.test('packets are joined to the wanted length, also at the end', async t => {
  const deck = openDeck(60)
  await deck.play(inMemory(songFile(1, 1)))
  await deck.pass(2000)
  t.same(
    deck.sent.map(({ payload }) => packetSamples(payload)),
    [...Array(16).fill(3 * frame), 2 * frame]
  )
  t.same(
    line(deck.sent),
    Array.from({ length: 17 }, (_, n) => n * 3 * frame)
  )
  t.ok(deck.sent.every(({ atMs }, n) => atMs === n * 60))
})

t.test('a storage that fails is asked again; the song goes on where the clock is', async t => {
  const file = songFile(1, 60)
  let isAway = false
  const troubles: unknown[] = []
  const source: SongSource = {
    sizeBytes: file.length,
    durationMs: 60_000,
    read: async (start, end) => {
      if (isAway) throw new Error('away')
      return file.subarray(start, end)
    }
  }
  const song = await openOpusSong(source)
  const { packets } = song
  // A piece holds more than the song; every page is read anew here.
  const small: OpusSong = {
    ...song,
    async *packets(positionMs) {
      for await (const page of packets(positionMs)) {
        await source.read(0, 1)
        yield page
      }
    }
  }
  const reading = new SongReader(small, 0, error => troubles.push(error))
  await reading.ready()
  const deck = openDeck()
  deck.player.play(reading, 0, 0)
  await deck.pass(1000)
  isAway = true
  await deck.pass(8000)
  t.match(troubles, [{ message: 'away' }])
  const before = deck.sent.length
  t.ok(before > 150 && before < 350, `${before} packets were read ahead`)
  isAway = false
  while (!reading.next) await new Promise(resolve => setTimeout(resolve, 5))
  while (!reading.next || numberOf(deck.sent.at(-1)!) < 440) {
    await new Promise(resolve => setImmediate(resolve))
    await deck.pass(20)
  }
  const after = deck.sent[before]!
  t.ok(Math.abs(numberOf(after) * 20 - (after.atMs - 20)) <= 300, 'where the clock is')
})
