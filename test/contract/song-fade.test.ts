import fc from 'fast-check'
import t from 'tap'
import { rampGain, rampsGain, songRamps, type GainRamp } from '../../contract/song-fade.ts'
import type { Playback, PlaylistItem } from '../../contract/playback.ts'

const song: PlaylistItem = {
  id: 'item',
  kind: 'song',
  songId: 'song',
  title: 'A song',
  artists: [],
  album: null,
  durationMs: 60_000,
  artworkUrl: null,
  link: null,
  available: true
}
const playing: Playback = { status: 'playing', item: song, positionMs: 0, at: 1000, producerId: null }
const gain = fc.double({ min: 0, max: 1, noNaN: true })
const ramp = fc.record({
  at: fc.integer({ min: 0, max: 100_000 }),
  durationMs: fc.integer({ min: 0, max: 10_000 }),
  from: gain,
  to: gain
})
const near = (one: number, other: number) => Math.abs(one - other) < 1e-9

t.test('a ramp goes from its first gain to its last one, only in this direction, and stays there', async t => {
  const time = fc.integer({ min: -1000, max: 120_000 })
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(ramp, time, fc.integer({ min: 0, max: 5000 }), (one: GainRamp, atMs, laterMs) => {
        const [now, later] = [rampGain(one, atMs), rampGain(one, atMs + laterMs)]
        const isBetween = now >= Math.min(one.from, one.to) - 1e-9 && now <= Math.max(one.from, one.to) + 1e-9
        const isOnItsWay = one.to >= one.from ? later >= now - 1e-9 : later <= now + 1e-9
        const isBefore = atMs >= one.at || now === one.from
        const isAfter = atMs < one.at + one.durationMs || now === one.to
        return isBetween && isOnItsWay && isBefore && isAfter
      })
    )
  )
})

t.test('a fade that begins in the middle of another one goes on from its gain', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(ramp, fc.integer({ min: 0, max: 10_000 }), (one, afterMs) => {
        const at = one.at + afterMs
        return near(rampGain({ at, durationMs: 500, from: rampGain(one, at), to: 0 }, at), rampGain(one, at))
      })
    )
  )
})

t.test('half of a fade-out is 12 dB', async t => {
  t.ok(near(rampGain({ at: 0, durationMs: 1000, from: 1, to: 0 }, 500), 0.25))
})

t.test('a song fades before its end, wherever it was sought to or paused', async t => {
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 0, max: 60_000 }),
        (positionMs, songFadeMs, playedMs) => {
          const place = Math.min(60_000, positionMs + playedMs)
          const expected = Math.min(1, (60_000 - place) / songFadeMs) ** 2
          const heard = rampsGain(songRamps({ ...playing, positionMs }, songFadeMs), 1000 + playedMs)
          const paused = { ...playing, status: 'paused', positionMs: place } as const
          return near(heard, expected) && near(rampsGain(songRamps(paused, songFadeMs), 5000), expected)
        }
      )
    )
  )
})

t.test('a short song fades during its second half', async t => {
  const ramps = songRamps({ ...playing, item: { ...song, durationMs: 4000 } }, 10_000)
  t.same(ramps, [{ at: 3000, durationMs: 2000, from: 1, to: 0 }])
})

t.test('an ordered fade and the one before the end are both heard', async t => {
  const fade = { at: 59_000, durationMs: 2000, from: 1, to: 0.25 }
  const ramps = songRamps({ ...playing, fade }, 4000)
  t.ok(near(rampsGain(ramps, 60_000), rampGain(fade, 60_000) * (1000 / 4000) ** 2))
})

t.test('tracks of Spotify, and songs of a show without fades, are played in full', async t => {
  t.same(songRamps({ ...playing, item: { ...song, kind: 'spotify' } }, 5000), [])
  t.same(songRamps(playing), [])
  t.equal(rampsGain([], 0), 1)
})
