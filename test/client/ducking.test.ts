import fc from 'fast-check'
import t from 'tap'
import { createDucker, duckingShape } from '../../client/index.ts'

const everyMs = 20
const loud = 0.05
const setting = { on: true, levelDb: -12 }
const ducked = 10 ** (-12 / 20)

/** Returns the gains for these loudness values, 20 ms apart. */
function gains(loudnesses: readonly number[], { on, levelDb } = setting): number[] {
  const duck = createDucker()
  return loudnesses.map((loudness, n) => duck({ on, levelDb }, loudness, n * everyMs))
}

const times = (count: number, loudness: number) => Array.from({ length: count }, () => loudness)

t.test(
  'a voice lowers a song within 50 ms by the level of the show, and the song returns after hold and release',
  async t => {
    const { holdMs, releaseMs } = duckingShape
    const gainsHeard = gains([0, ...times(10, loud), ...times(100, 0)])
    t.equal(gainsHeard[0], 1)
    t.ok(Math.abs((gainsHeard[3] ?? 1) - ducked) < 1e-9, '40 ms after the voice began')
    const endMs = 10 * everyMs
    const at = (ms: number) => gainsHeard[Math.ceil(ms / everyMs)] ?? 0
    t.ok(Math.abs(at(endMs + holdMs - everyMs) - ducked) < 1e-9, 'the hold bridges pauses between words')
    t.ok(at(endMs + holdMs + releaseMs / 2) > ducked && at(endMs + holdMs + releaseMs / 2) < 1)
    t.equal(at(endMs + holdMs + releaseMs + 2 * everyMs), 1)
  }
)

t.test('noise below the threshold changes nothing, and neither does a voice while ducking is off', async t => {
  t.ok(gains(times(50, duckingShape.threshold * 0.99)).every(gain => gain === 1))
  t.ok(gains(times(50, loud), { on: false, levelDb: -40 }).every(gain => gain === 1))
})

t.test('for any sequence of voices, the gain stays between the ducked level and 1 and never jumps', async () => {
  const loudness = fc.oneof(fc.constant(0), fc.constant(loud), fc.double({ min: 0, max: 1, noNaN: true }))
  fc.assert(
    fc.property(
      fc.array(fc.tuple(loudness, fc.integer({ min: 0, max: 40 }))),
      fc.double({ min: -40, max: 0, noNaN: true }),
      (steps, levelDb) => {
        const duck = createDucker()
        const lowest = 10 ** (levelDb / 20)
        let nowMs = 0
        let before = 1
        for (const [loudness, waitMs] of steps) {
          nowMs += waitMs
          const gain = duck({ on: true, levelDb }, loudness, nowMs)
          if (gain > 1 || gain < lowest - 1e-9) return false
          if (
            before - gain > waitMs / duckingShape.attackMs + 1e-9 ||
            gain - before > waitMs / duckingShape.releaseMs + 1e-9
          ) {
            return false
          }
          before = gain
        }
        return true
      }
    )
  )
})
