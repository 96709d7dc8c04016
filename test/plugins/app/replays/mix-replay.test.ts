import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { PlaylistItem } from '../../../../contract/playback.ts'
import { mixReplay } from '../../../../plugins/app/replays/mixing/mix-replay.ts'
import { mixedSourcesOf } from '../../../../plugins/app/replays/mixing/mixed-sources.ts'
import type { MixPlan, MixResult, PlannedStint } from '../../../../plugins/app/replays/mixing/plan.ts'
import { amplitudeAt, decodeSound, tonesIn } from '../../../goertzel.ts'

const run = promisify(execFile)
const startMs = 1_800_000_000_000
const second = 1000

interface Tone {
  userId: string
  atMs: number
  durationMs: number
  frequency: number
  driftPpm?: number
}

async function tone(folder: string, name: string, frequency: number, durationMs: number): Promise<string> {
  const fileName = `${name}.ogg`
  await run('ffmpeg', [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-f', 'lavfi'],
    ...['-i', `sine=frequency=${frequency}:sample_rate=48000:duration=${durationMs / 1000}`],
    ...['-c:a', 'libopus', '-b:a', '32k', join(folder, fileName)]
  ])
  return fileName
}

/** A stint of a tone whose sound card is faster than the server's clock. */
async function stintOf(folder: string, { userId, atMs, durationMs, frequency, driftPpm = 0 }: Tone, n: number) {
  const pace = 1 + driftPpm / 1e6
  const fileName = await tone(folder, `stint-${n}`, frequency, durationMs * pace)
  const marks = Array.from({ length: Math.floor(durationMs / 5000) + 1 }, (_, k) => ({
    samples: Math.round(k * 5000 * pace * 48),
    atMs: startMs + atMs + k * 5000
  }))
  return { id: `stint-${n}`, userId, fileName, durationMs: durationMs * pace, marks } satisfies PlannedStint
}

function itemOf(songId: string | undefined, durationMs: number): PlaylistItem {
  return {
    id: `item-${songId}`,
    kind: songId === undefined ? 'spotify' : 'song',
    ...(songId !== undefined && { songId }),
    title: 'A song',
    artists: ['An artist'],
    album: null,
    durationMs,
    artworkUrl: null,
    link: null,
    available: true
  }
}

async function mixed(t: Test, tones: Tone[], change: (plan: MixPlan, folder: string) => Promise<MixPlan>) {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-mix-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const stints: PlannedStint[] = []
  for (const [n, planned] of tones.entries()) stints.push(await stintOf(folder, planned, n))
  const plan = await change(
    {
      title: 'A show',
      creatorId: 'creator',
      names: { creator: 'The creator', guest: 'A guest; with = signs' },
      log: {
        ...{ recorded: [], pieces: [], interrupted: [], songLevels: [], songFades: [], jingles: [] },
        ducking: [{ from: 0, setting: { on: true, levelDb: -12 } }]
      },
      stints,
      songs: {},
      cut: { from: null, to: null },
      timeLimitMs: 60_000,
      maxDurationMs: 600_000
    },
    folder
  )
  const limits = { folder, timeLimitMs: 60_000, maxDurationMs: 600_000, signal: new AbortController().signal }
  const result = await mixReplay(plan, limits, () => {})
  return {
    result,
    opus: await decodeSound(join(folder, 'replay.opus')),
    mp3: await decodeSound(join(folder, 'replay.mp3'))
  }
}

const recorded = (fromMs: number, toMs: number) => ({ from: startMs + fromMs, to: startMs + toMs })
const durationOf = ({ stretches }: MixResult) => stretches.reduce((sum, { durationMs }) => sum + durationMs, 0)

function near(t: Test, found: [number, number][], wanted: [number, number][], name: string): void {
  t.equal(found.length, wanted.length, `${name}: ${JSON.stringify(found)}`)
  for (const [n, [from, to]] of wanted.entries()) {
    t.ok(Math.abs((found[n]?.[0] ?? NaN) - from) <= 50, `${name} begins at ${from}, found ${found[n]?.[0]}`)
    t.ok(Math.abs((found[n]?.[1] ?? NaN) - to) <= 50, `${name} ends at ${to}, found ${found[n]?.[1]}`)
  }
}

t.test('voices and a song that may be replayed are at their places', async t => {
  const tones = [
    { userId: 'creator', atMs: 0, durationMs: 6 * second, frequency: 440 },
    { userId: 'guest', atMs: 4 * second, durationMs: 5 * second, frequency: 1000, driftPpm: 100 }
  ]
  const { result, opus, mp3 } = await mixed(t, tones, async (plan, folder) => ({
    ...plan,
    log: {
      ...plan.log,
      recorded: [recorded(0, 20_000)],
      pieces: [{ item: itemOf('song-1', 30_000), positionMs: 1000, ...recorded(8000, 16_000) }]
    },
    songs: { 'song-1': await tone(folder, 'song', 2500, 12_000) }
  }))
  t.equal(durationOf(result), 20_000)
  for (const [name, sound] of [
    ['opus', opus],
    ['mp3', mp3]
  ] as const) {
    t.ok(Math.abs(sound.durationMs - 20_000) < 60, `${name} lasts 20 s: ${sound.durationMs}`)
    near(t, tonesIn(sound, 440), [[0, 6000]], `${name}: the creator`)
    near(t, tonesIn(sound, 1000), [[4000, 9000]], `${name}: the guest`)
    near(t, tonesIn(sound, 2500), [[8000, 16_000]], `${name}: the song`)
  }
  t.match(result.items, [{ atMs: 8000, durationMs: 8000, played: true, kind: 'song' }])
  t.match(result.chapters, [{ atMs: 0 }, { userId: 'guest' }, { title: 'A song – An artist' }])
})

t.test('a song without the right is absent, and the gap closes to two seconds', async t => {
  const tones = [
    { userId: 'creator', atMs: 0, durationMs: 5 * second, frequency: 440 },
    { userId: 'guest', atMs: 22 * second, durationMs: 4 * second, frequency: 1000 }
  ]
  const { result, opus } = await mixed(t, tones, async plan => ({
    ...plan,
    log: {
      ...plan.log,
      recorded: [recorded(0, 30_000)],
      pieces: [{ item: itemOf(undefined, 60_000), positionMs: 0, ...recorded(5000, 24_000) }]
    }
  }))
  // The gap begins half a second after the speech and ends 300 ms before it.
  const gap = 21_700 - 5500
  t.ok(Math.abs(durationOf(result) - (30_000 - gap + 2000)) <= 250, `${durationOf(result)}`)
  const back = 22_000 - (30_000 - durationOf(result))
  near(t, tonesIn(opus, 440), [[0, 5000]], 'the creator')
  near(t, tonesIn(opus, 1000), [[back, back + 4000]], 'the guest, over the music too')
  t.match(result.items, [{ atMs: 5000, played: false, kind: 'spotify' }])
})

t.test('only what was recorded and not cut off is in the replay', async t => {
  const tones = [{ userId: 'creator', atMs: 0, durationMs: 20 * second, frequency: 440 }]
  const { result, opus } = await mixed(t, tones, async plan => ({
    ...plan,
    log: { ...plan.log, recorded: [recorded(2000, 8000), recorded(12_000, 18_000)] },
    cut: { from: startMs + 3000, to: startMs + 17_000 }
  }))
  t.equal(durationOf(result), 10_000)
  t.match(result.stretches, [
    { atMs: 0, durationMs: 5000, showAt: startMs + 3000 },
    { atMs: 5000, durationMs: 5000, showAt: startMs + 12_000 }
  ])
  t.ok(Math.abs(opus.durationMs - 10_000) < 60)
})

t.test('a voice whose clock stood still again and again is decoded once, and at its places', async t => {
  const tones = [{ userId: 'creator', atMs: 0, durationMs: 6 * second, frequency: 440 }]
  const { opus } = await mixed(t, tones, async (plan, folder) => {
    // One second is missing after 2 s, and another one after 4 s.
    const marks = [0, 1, 2, 3, 4, 5].map(n => ({
      samples: n * 48_000,
      atMs: startMs + n * second + (n >= 2 ? second : 0) + (n >= 4 ? second : 0)
    }))
    const stepping = {
      ...plan,
      stints: plan.stints.map(stint => ({ ...stint, marks })),
      log: { ...plan.log, recorded: [recorded(0, 10_000)] }
    }
    const limits = { folder, timeLimitMs: 60_000, maxDurationMs: 600_000, signal: new AbortController().signal }
    const sources = mixedSourcesOf(stepping, limits)
    const opened = sources.map(source => source.open())
    for (const source of sources) source.release()
    t.equal(opened.length, 3)
    t.equal(new Set(opened).size, 1, 'one decoder')
    t.equal(opened[0]!.has(Infinity), true, 'closed after the last one')
    return stepping
  })
  near(
    t,
    tonesIn(opus, 440),
    [
      [0, 2000],
      [3000, 5000],
      [6000, 8000]
    ],
    'the voice'
  )
})

/** Mixes 10 s of a show with a song from its third second on. `gains`: what lowered the song. */
async function songAfterTwoSeconds(t: Test, gains: Pick<Partial<MixPlan['log']>, 'songLevels' | 'songFades'>) {
  const tones = [{ userId: 'creator', atMs: 0, durationMs: second, frequency: 440 }]
  const { opus } = await mixed(t, tones, async (plan, folder) => ({
    ...plan,
    log: {
      ...plan.log,
      recorded: [recorded(0, 10_000)],
      pieces: [{ item: itemOf('song-1', 30_000), positionMs: 0, ...recorded(2000, 10_000) }],
      ...gains
    },
    songs: { 'song-1': await tone(folder, 'song', 2500, 12_000) }
  }))
  return opus
}

t.test('a song has the level that hosts set at the time', async t => {
  const opus = await songAfterTwoSeconds(t, {
    songLevels: [
      { from: startMs + 4000, levelDb: -20 },
      { from: startMs + 7000, levelDb: 0 }
    ]
  })
  const dbAt = (atMs: number) => 20 * Math.log10(amplitudeAt(opus, 2500, atMs, 1000))
  const full = dbAt(2500)
  t.ok(Math.abs(dbAt(5000) - full + 20) < 1, `20 dB quieter: ${full}, then ${dbAt(5000)}`)
  t.ok(Math.abs(dbAt(8000) - full) < 1, `in full again: ${dbAt(8000)}`)
})

t.test('a song fades as it did in the show', async t => {
  const opus = await songAfterTwoSeconds(t, {
    songFades: [
      { from: startMs + 4000, ramps: [{ at: startMs + 4000, durationMs: 4000, from: 1, to: 0 }] },
      { from: startMs + 9000, ramps: [] }
    ]
  })
  const dbAt = (atMs: number) => 20 * Math.log10(amplitudeAt(opus, 2500, atMs, 100))
  const full = dbAt(3000)
  t.ok(Math.abs(dbAt(5950) - full + 12) < 1, `12 dB quieter after half of the fade: ${full}, then ${dbAt(5950)}`)
  t.ok(Math.abs(dbAt(6950) - full + 24) < 2, `24 dB quieter after three quarters: ${dbAt(6950)}`)
  t.ok(dbAt(8300) < full - 60, `then silent: ${dbAt(8300)}`)
  t.ok(Math.abs(dbAt(9500) - full) < 1, `in full again: ${dbAt(9500)}`)
})

t.test('a jingle that may be replayed is heard at its time, over a voice and a song', async t => {
  const tones = [{ userId: 'creator', atMs: 0, durationMs: 8 * second, frequency: 440 }]
  const { opus } = await mixed(t, tones, async (plan, folder) => ({
    ...plan,
    log: {
      ...plan.log,
      recorded: [recorded(0, 10_000)],
      pieces: [{ item: itemOf('song-1', 30_000), positionMs: 0, ...recorded(0, 10_000) }],
      jingles: [
        { songId: 'jingle-1', ...recorded(2000, 4000) },
        { songId: 'absent', ...recorded(5000, 6000) }
      ]
    },
    songs: {
      'song-1': await tone(folder, 'song', 2500, 12_000),
      'jingle-1': await tone(folder, 'jingle', 3500, 3000)
    }
  }))
  near(t, tonesIn(opus, 3500), [[2000, 4000]], 'the jingle')
  const dbAt = (frequency: number, atMs: number) => 20 * Math.log10(amplitudeAt(opus, frequency, atMs, 800))
  t.ok(Math.abs(dbAt(2500, 2600) - dbAt(2500, 6600)) < 1, 'the song is lowered under the voice as before')
})
