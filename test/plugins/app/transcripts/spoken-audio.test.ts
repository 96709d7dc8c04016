import fc from 'fast-check'
import t from 'tap'
import { runsOf } from '../../../depth.ts'
import { openOpusSong } from '../../../../media/player/opus-song.ts'
import { silentPacket } from '../../../../media/player/opus-packet.ts'
import { silentPackets } from '../../../../media/recording/silence.ts'
import { clockOf, placeOnClock, serverTimeOf } from '../../../../plugins/app/transcripts/audio-clock.ts'
import { spokenAudio, type SpokenPlace } from '../../../../plugins/app/transcripts/spoken-audio.ts'
import { inMemory, oggPage, writeOgg } from '../../../media/ogg-writer.ts'

const frame = 960
const second = 50 * frame
/** An Opus packet of 20 ms with a number in it. */
const speech = (n: number) => Buffer.from([0x78, n % 251, n >> 8, 1, 2])

/** A page of a recording: a gap before it, in samples, and its packets. */
interface PlannedPage {
  gap: number
  packets: Buffer[]
}

/** Writes a recording as the recorder does: a gap is a jump of the position between two pages. */
function recordingOf(planned: readonly PlannedPage[]): Buffer {
  const [head, tags] = writeOgg({ packets: [speech(0)], samples: () => frame, channels: 1 })
  let granule = 0
  const pages = planned.map(({ gap, packets }, n) => {
    granule += gap + packets.length * frame
    const segments = packets.map(({ length }) => length)
    return oggPage({ granule, serial: 7, sequence: n + 2, segments, body: Buffer.concat(packets) })
  })
  return Buffer.concat([head!, tags!, ...pages])
}

async function* inChunks(file: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size)
}

/** Copies a recording, and returns its packets with their places before and after. */
async function copy(file: Buffer, chunkSize = 1000) {
  const places: SpokenPlace[] = []
  const pages: Buffer[] = []
  let spoken = 0
  for await (const page of spokenAudio(inChunks(file, chunkSize), place => places.push(place))) {
    pages.push(page.bytes)
    spoken = page.spoken
  }
  const song = await openOpusSong(inMemory(Buffer.concat(pages)))
  const packets: { data: Buffer; at: number }[] = []
  let at = 0
  for await (const page of song.packets(0)) {
    for (const { data, samples } of page) {
      packets.push({ data, at })
      at += samples
    }
  }
  return { packets, places, spoken }
}

const originalOf = (at: number, places: readonly SpokenPlace[]) => {
  const place = places.findLast(({ spoken }) => spoken <= at)!
  return place.original + at - place.spoken
}

t.test('short gaps become silence, and long ones a second of it', async t => {
  const file = recordingOf([
    { gap: 0, packets: [speech(1), speech(2)] },
    { gap: second / 2, packets: [speech(3)] },
    { gap: 10 * second, packets: [speech(4)] }
  ])
  const { packets, places, spoken } = await copy(file)
  t.equal(packets.length, 4 + 25 + 50)
  t.equal(spoken, packets.length * frame)
  t.equal(packets.filter(({ data }) => data.equals(silentPacket)).length, 75)
  t.same(places, [
    { spoken: 0, original: 0 },
    { spoken: 78 * frame, original: 3 * frame + second / 2 + 10 * second }
  ])
})

t.test('silence that was sent is a pause, too', async t => {
  const dtx = Buffer.from([0x78])
  const quiet = Array.from({ length: 100 }, () => dtx)
  const { packets, places } = await copy(recordingOf([{ gap: 0, packets: [speech(1), ...quiet, speech(2)] }]))
  t.equal(packets.length, 2 + 50)
  t.same(places.at(-1), { spoken: 51 * frame, original: 101 * frame })
})

t.test('gaps that the recorder filled are pauses, too', async t => {
  const quiet = [...silentPackets(10 * second, 1)].map(({ packet }) => packet)
  const granule = 2 * frame + 10 * second
  const [head, tags] = writeOgg({ packets: [speech(0)], samples: () => frame, channels: 1 })
  const packets = [speech(1), ...quiet, speech(2)]
  const segments = packets.map(({ length }) => length)
  const page = oggPage({ granule, serial: 7, sequence: 2, segments, body: Buffer.concat(packets) })
  const { places, spoken } = await copy(Buffer.concat([head!, tags!, page]))
  t.ok(spoken <= 2 * frame + second)
  t.equal(places.at(-1)?.original, frame + 10 * second)
})

t.test('every packet of speech is kept, and its place is known', async () => {
  const pages = fc.array(
    fc.record({
      gap: fc.oneof(
        fc.constant(0),
        fc.nat(400).map(n => n * 480)
      ),
      kinds: fc.array(fc.boolean(), { minLength: 1, maxLength: 60 })
    }),
    { minLength: 1, maxLength: 12 }
  )
  await fc.assert(
    fc.asyncProperty(pages, fc.integer({ min: 1, max: 5000 }), async (planned, chunkSize) => {
      const expected = new Map<string, number>()
      let at = 0
      let n = 0
      const file = recordingOf(
        planned.map(({ gap, kinds }) => {
          at += gap
          const packets = kinds.map(isSpeech => {
            const packet = isSpeech ? speech(n++) : Buffer.from([0x78])
            if (isSpeech) expected.set(packet.toString('hex'), at)
            at += frame
            return packet
          })
          return { gap, packets }
        })
      )
      const { packets, places } = await copy(file, chunkSize)
      const spoken = packets.filter(({ data }) => data.length > 3)
      if (spoken.length !== expected.size) return false
      return spoken.every(({ data, at }) => originalOf(at, places) === expected.get(data.toString('hex')))
    }),
    { numRuns: runsOf(60, 300) }
  )
})

t.test('a page that was cut off at the end is left out, and a damaged one is told', async t => {
  const whole = recordingOf([
    { gap: 0, packets: [speech(1)] },
    { gap: 0, packets: [speech(2)] }
  ])
  t.equal((await copy(whole.subarray(0, -2))).packets.length, 1)
  const damaged = Buffer.from(whole)
  damaged[damaged.length - 1]! ^= 1
  await t.rejects(copy(damaged), { name: 'DamagedRecording' })
  await t.rejects(copy(Buffer.alloc(0)), { name: 'DamagedRecording' })
  await t.rejects(copy(Buffer.from('not an Ogg file, and longer than the header of a page')), {
    name: 'DamagedRecording'
  })
})

t.test('a jump of years takes no time', async t => {
  const { packets } = await copy(recordingOf([{ gap: 2 ** 50, packets: [speech(1)] }]))
  t.equal(packets.length, 51)
})

t.test("marks place samples on the server's clock", async t => {
  const marks = [
    { samples: 0, atMs: 1000 },
    { samples: 480_000, atMs: 11_010 },
    { samples: 960_000, atMs: 21_010 }
  ]
  t.equal(serverTimeOf(0, marks), 1000)
  t.equal(serverTimeOf(240_000, marks), 6005, 'between two, in proportion')
  t.equal(serverTimeOf(720_000, marks), 16_010)
  t.equal(serverTimeOf(1_008_000, marks), 22_010, 'after the last at the usual rate')
  t.equal(serverTimeOf(0, [{ samples: 48_000, atMs: 5000 }]), 4000, 'before the first, too')
  t.throws(() => serverTimeOf(0, []))
  const places = [
    { spoken: 0, original: 0 },
    { spoken: 96_000, original: 480_000 }
  ]
  const clock = clockOf(places, 480_000, marks)
  t.equal(placeOnClock(1000, clock), 2000)
  t.equal(placeOnClock(2000, clock), 11_010)
  t.equal(placeOnClock(3000, clock), 12_010)
  t.equal(placeOnClock(5, []), 5)
})

t.test('the clock of two hours follows a sound card that drifts', async t => {
  const drift = 1.0002
  const marks = Array.from({ length: 7200 }, (_, n) => ({ samples: Math.round(n * 48_000 * drift), atMs: n * 1000 }))
  const clock = clockOf([{ spoken: 0, original: 0 }], 7200 * 48_000, marks)
  for (const ms of [0, 59_000, 1_800_000, 7_000_000]) {
    t.ok(Math.abs(placeOnClock(ms, clock) - ms / drift) < 15, `${ms}: ${placeOnClock(ms, clock)}`)
  }
})
