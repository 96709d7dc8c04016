import fc from 'fast-check'
import t from 'tap'
import type { PlaylistItem } from '../../../../contract/playback.ts'
import { difference, intersection, lengthOf, union } from '../../../../plugins/app/replays/timeline/intervals.ts'
import { cutTimes, gapMs, keptTimes } from '../../../../plugins/app/replays/timeline/kept-times.ts'
import { defaultSettings } from '../../../../contract/settings.ts'
import { readShowLog, type ShowLog } from '../../../../plugins/app/replays/timeline/show-log.ts'
import { clockOf, timeOfSample } from '../../../../plugins/app/replays/timeline/stint-clock.ts'
import {
  durationOf,
  placeOf,
  placesOf,
  showTimeOf,
  stretchesOf
} from '../../../../plugins/app/replays/timeline/stretches.ts'
import { speechOf } from '../../../../plugins/app/replays/timeline/voice-activity.ts'

const maxMs = 200_000
const interval = fc
  .tuple(fc.integer({ min: 0, max: maxMs }), fc.integer({ min: 0, max: 20_000 }))
  .map(([from, length]) => ({ from, to: from + length }))
const intervals = fc.array(interval, { maxLength: 12 })
const isIn = (list: readonly { from: number; to: number }[], at: number) =>
  list.some(({ from, to }) => from <= at && at < to)
const ducking = [{ from: 0, setting: { on: true, levelDb: -12 } }]
const item = (songId: string): PlaylistItem => ({
  ...{ id: songId, kind: 'song', songId, title: songId, artists: [], album: null, durationMs: 60_000 },
  ...{ artworkUrl: null, link: null, available: true }
})

t.test('intervals are sets of times', async t => {
  fc.assert(
    fc.property(intervals, intervals, fc.integer({ min: -1, max: maxMs + 20_001 }), (one, other, at) => {
      const [a, b] = [isIn(one, at), isIn(other, at)]
      return (
        isIn(union([...one, ...other]), at) === (a || b) &&
        isIn(intersection(one, other), at) === (a && b) &&
        isIn(difference(one, other), at) === (a && !b)
      )
    })
  )
  t.pass()
})

t.test('places and server times belong to each other', async t => {
  fc.assert(
    fc.property(intervals, fc.integer({ min: 0, max: maxMs }), (kept, at) => {
      const stretches = stretchesOf(kept)
      const place = placeOf(stretches, at)
      const isKept = isIn(kept, at)
      return (
        durationOf(stretches) === lengthOf(union(kept)) &&
        place >= 0 &&
        place <= durationOf(stretches) &&
        (!isKept || showTimeOf(stretches, place) === at) &&
        (placesOf(stretches, [{ from: at, to: at + 1 }]).length === 1) === isKept
      )
    })
  )
  t.pass()
})

t.test('a replay has all speech and all songs that may be replayed, and nothing that was not recorded', async t => {
  const pieces = fc.array(fc.tuple(interval, fc.constantFrom('allowed', 'absent')), { maxLength: 8 })
  fc.assert(
    fc.property(intervals, pieces, intervals, intervals, (recorded, played, interrupted, speech) => {
      const log: ShowLog = {
        ...{ recorded, interrupted, ducking, songLevels: [], songFades: [], jingles: [] },
        pieces: played.map(([time, songId]) => ({ ...time, item: item(songId), positionMs: 0 }))
      }
      const kept = keptTimes({ log, speech, isPlayed: songId => songId === 'allowed' })
      const allowed = log.pieces.filter(piece => piece.item.songId === 'allowed')
      const absent = log.pieces.filter(piece => piece.item.songId === 'absent')
      const open = difference(recorded, [...absent, ...interrupted])
      return (
        difference(kept, recorded).length === 0 &&
        difference(intersection(recorded, [...speech, ...allowed, ...open]), kept).length === 0 &&
        // A silent gap that was closed has two seconds left.
        difference(union(recorded), kept).every(({ from, to }) => isIn(kept, from - 1) && isIn(kept, to))
      )
    })
  )
  t.equal(gapMs, 2000)
})

t.test('a cut stays where it is when another part of the replay changes', async t => {
  const cut = { from: 5000, to: 20_000 }
  t.same(cutTimes([{ from: 0, to: 30_000 }], cut), [cut])
  t.same(
    cutTimes(
      [
        { from: 0, to: 2000 },
        { from: 8000, to: 30_000 }
      ],
      cut
    ),
    [{ from: 8000, to: 20_000 }]
  )
})

t.test('marks with jitter and drift place a stint within 20 ms', async t => {
  const lateAtLast = [7, 0, 0, 0, 7, 15, 13, 15]
  const jittered = clockOf(lateAtLast.map((late, n) => ({ samples: n * 480_000, atMs: n * 10_000 + late })))
  t.ok(Math.abs(timeOfSample(jittered, 79_000 * 48) - 79_000) <= 20, 'also after the last mark')
  fc.assert(
    fc.property(
      fc.integer({ min: -100, max: 100 }),
      fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 60, maxLength: 60 }),
      (ppm, jitter) => {
        const pace = 1 + ppm / 1e6
        const marks = jitter.map((late, n) => ({
          samples: Math.round(n * 10_000 * 48 * pace),
          atMs: n * 10_000 + late
        }))
        const parts = clockOf(marks)
        return [0, 4_999, 123_456, 599_000].every(atMs => Math.abs(timeOfSample(parts, atMs * 48 * pace) - atMs) <= 20)
      }
    )
  )
  const stopped = clockOf([0, 1, 2, 3].map(n => ({ samples: n * 480_000, atMs: n * 10_000 + (n > 1 ? 3000 : 0) })))
  t.ok(Math.abs(timeOfSample(stopped, 10_000 * 48) - 10_000) < 20)
  t.ok(Math.abs(timeOfSample(stopped, 30_000 * 48) - 33_000) < 20, 'after a clock that was stopped')
})

t.test('speech is what is louder than the room', async t => {
  const loudness = [...Array<number>(20).fill(0.001), ...Array<number>(10).fill(0.1), ...Array<number>(20).fill(0.001)]
  t.same(
    speechOf(loudness, window => window * 100),
    [{ from: 2000, to: 3000 }]
  )
  t.same(
    speechOf(Array<number>(50).fill(0.004), window => window * 100),
    [],
    'noise'
  )
  t.same(
    speechOf([0, 0.2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], window => window * 100),
    [],
    'a click'
  )
})

t.test('the log says what was recorded and what played', async t => {
  const song = item('song')
  const playing = (at: number, positionMs: number, status: 'playing' | 'paused' = 'playing') => ({
    at,
    event: { type: 'playback:changed', playback: { status, item: song, positionMs, at, producerId: null } } as const
  })
  const log = await readShowLog(
    [
      { at: 0, event: { type: 'show:started' } },
      { at: 1000, event: { type: 'recording:started', by: null } },
      playing(2000, 0),
      playing(5000, 3000),
      playing(9000, 7000, 'paused'),
      { at: 10_000, event: { type: 'show:interrupted', until: 20_000 } },
      { at: 11_000, event: { type: 'show:resumed' } },
      { at: 12_000, event: { type: 'recording:stopped', by: null, reason: 'full' } },
      playing(20_000, 50_000),
      { at: 40_000, event: { type: 'show:ended', reason: 'ended' } }
    ],
    { ducking: { on: true, levelDb: -6 } }
  )
  t.same(log.recorded, [{ from: 1000, to: 12_000 }])
  t.same(log.interrupted, [{ from: 10_000, to: 11_000 }])
  t.same(
    log.pieces.map(({ from, to, positionMs }) => [from, to, positionMs]),
    [
      [2000, 9000, 0],
      [20_000, 30_000, 50_000]
    ],
    'goes on without a jump, and ends with the song'
  )
})

t.test('a jingle was heard until its end, the next one, or the end of the show', async t => {
  const jingle = (songId: string, startedAt: number) => ({
    type: 'jingle:changed' as const,
    jingle: { songId, startedAt, durationMs: 3000, producerId: null, by: 'host' }
  })
  const { jingles } = await readShowLog(
    [
      { at: 1000, event: jingle('a', 1600) },
      { at: 2000, event: { ...jingle('a', 1600) } },
      { at: 3000, event: jingle('b', 3000) },
      { at: 26_000, event: { type: 'jingle:changed', jingle: null } },
      { at: 30_000, event: jingle('c', 30_000) },
      { at: 31_000, event: { type: 'show:ended', reason: 'ended' } }
    ],
    { ducking: { on: true, levelDb: -12 } }
  )
  t.same(jingles, [
    { songId: 'a', from: 1600, to: 3000 },
    { songId: 'b', from: 3000, to: 6000 },
    { songId: 'c', from: 30_000, to: 31_000 }
  ])
})

t.test('songs fade as hosts ordered, and before their end by the setting of that time', async t => {
  const playback = { status: 'playing' as const, item: item('song'), positionMs: 0, at: 2000, producerId: null }
  const fade = { at: 5000, durationMs: 1000, from: 1, to: 0, then: 'pause' as const }
  const { songFades } = await readShowLog(
    [
      { at: 2000, event: { type: 'playback:changed', playback } },
      { at: 3000, event: { type: 'settings:changed', settings: { ...defaultSettings, songFadeMs: 4000 } } },
      { at: 5000, event: { type: 'playback:changed', playback: { ...playback, fade } } },
      { at: 8000, event: { type: 'show:ended', reason: 'ended' } }
    ],
    { ...defaultSettings, songFadeMs: 2000 }
  )
  const endsAt = 2000 + playback.item.durationMs
  t.match(songFades, [
    { from: 0, ramps: [] },
    { from: 2000, ramps: [{ at: endsAt - 2000, durationMs: 2000, from: 1, to: 0 }] },
    { from: 3000, ramps: [{ at: endsAt - 4000, durationMs: 4000, from: 1, to: 0 }] },
    { from: 5000, ramps: [fade, { at: endsAt - 4000 }] }
  ])
})
