/*
 * npm run check:replay
 *
 * Mixes the replay of a scripted show of two hours with ten speakers, some of whom come and go, drifting sound cards, a
 * song that may be replayed and one that may not, and finds each voice and the song at its place within 50 ms. Prints
 * how long mixing takes. REPLAY_MINUTES sets the length of the show.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { decodeSound, tonesIn } from '../goertzel.ts'
import { mixedReplay, songItem, uploadTone } from '../plugins/app/replays/recorded.ts'
import { recordShow, type PlannedStint } from '../recorded-show.ts'
import { startApp } from '../realtime/real-app.ts'
import { signIn } from '../users.ts'

const minutes = Number(process.env.REPLAY_MINUTES ?? 120)
const minuteMs = 60_000
const durationMs = minutes * minuteMs
const speakerCount = 10
const [songFrequency, absentFrequency] = [5000, 6000]
/** Each speaker talks for some seconds of each tenth minute, and at other times than the others. */
const [turnMs, roundMs] = [6_000, 10 * minuteMs]
const toleranceMs = 50

t.setTimeout(1_800_000)
const { app, url } = await startApp(t)
const creator = await signIn(url, 'Creator')
const people = [creator]
while (people.length < speakerCount) people.push(await signIn(url, `Speaker ${people.length}`))
const songId = await uploadTone(app, url, creator, songFrequency, 20)
const absentId = await uploadTone(app, url, creator, absentFrequency, 20)
await creator.rest('PATCH', `/v1/songs/${absentId}`, { mayReplay: false })

const frequencyOf = (n: number) => 400 + 300 * n
const turns = Array.from({ length: Math.floor(durationMs / roundMs) }, (_, round) => round * roundMs)
const stints: PlannedStint[] = people.flatMap(({ id }, n) =>
  turns.map(roundAt => ({
    userId: id,
    atMs: roundAt + 30_000 + n * 10_000,
    durationMs: turnMs,
    frequency: frequencyOf(n),
    driftPpm: n % 2 === 0 ? 100 : -100
  }))
)
// One voice is there all the time, and drifts.
stints.push({ userId: creator.id, atMs: 0, durationMs, frequency: 3800, driftPpm: 100 })
const items = turns.flatMap(roundAt => [
  { item: songItem(songId, 20_000), atMs: roundAt + 200_000, durationMs: 15_000 },
  { item: songItem(absentId, 20_000), atMs: roundAt + 300_000, durationMs: 15_000 }
])

t.test(`a show of ${minutes} minutes with ${speakerCount} speakers`, async t => {
  const { showId } = await recordShow(app, { creatorId: creator.id, durationMs, stints, items })
  const fromMs = performance.now()
  const replay = await mixedReplay(app, creator, showId)
  t.comment(`mixed in ${((performance.now() - fromMs) / 1000).toFixed(1)} s`)
  t.match(replay, { status: 'ready', durationMs })
  const response = await fetch(url + (replay.audio[0]?.url ?? ''))
  const file = join(t.testdir({}), 'audio')
  await writeFile(file, Buffer.from(await response.arrayBuffer()))

  for (const roundAt of [turns[0], turns.at(-1)].filter(at => at !== undefined)) {
    const sound = await decodeSound(file, { fromMs: roundAt, durationMs: 320_000 })
    const check = (name: string, frequency: number, wanted: readonly [number, number]) => {
      const found = tonesIn(sound, frequency)
      const [first = [NaN, NaN]] = found
      const isNear = wanted.every((at, n) => Math.abs((first[n] ?? NaN) - at) <= toleranceMs)
      t.ok(found.length === 1 && isNear, `${name} at ${roundAt}: wanted ${wanted}, found ${JSON.stringify(found)}`)
    }
    for (let n = 0; n < speakerCount; n++) {
      const at = 30_000 + n * 10_000
      check(`speaker ${n}`, frequencyOf(n), [at, at + turnMs])
    }
    check('the song', songFrequency, [200_000, 215_000])
    t.same(tonesIn(sound, absentFrequency), [], 'the song without the right')
  }
})
