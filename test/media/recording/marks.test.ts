import t from 'tap'
import { bytesOf, timeAt } from './memory-stints.ts'
import { record, samplesOf, startedAtMs } from './record-arrivals.ts'
import { arrivalsOf, quietPacket, randomNumbers } from './synthetic-voice.ts'

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

t.test('a short stint has a mark, and a clock that stood still for a moment moves the marks in time', async t => {
  const [short] = await record(arrivalsOf({ payload: () => quietPacket, packets: 40, startedAtMs }))
  t.same(short?.marks, [{ samples: 0, atMs: startedAtMs }])
  const [stopped] = await record(
    arrivalsOf({
      payload: () => quietPacket,
      packets: 5000,
      startedAtMs,
      delayMs: index => (index >= 1000 ? 300 : 0)
    })
  )
  const errorAt = (ms: number) => timeAt(stopped!, ms * 48) - startedAtMs - ms
  t.ok(Math.abs(errorAt(15_000)) <= 10)
  t.ok(Math.abs(errorAt(80_000) - 300) <= 10)
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
