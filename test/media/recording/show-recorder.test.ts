import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { testAtNight } from '../../depth.ts'
import type { RecordingParts } from '../../../media/recording/show-recorder.ts'
import type { StintFailure } from '../../../media/recording/stint-file.ts'
import { playPackets } from '../../audio-peers.ts'
import { carry, openEnds, openTestNodes } from '../linked-nodes.ts'
import { closeRtcPeers } from '../rtc-peer.ts'
import { createSong, fromStart } from '../song-reception.ts'
import { nextEvent, openListener, openSpeaker, openTestMedia, playSong, until } from '../test-media.ts'
import { bytesOf, decode, memoryStints, packetsOf, pagesOf, soundsIn, timeAt } from './memory-stints.ts'
import { tonePackets } from './synthetic-voice.ts'

t.teardown(closeRtcPeers)

const toneSeconds = 4

/** A recording to memory. */
function recording(opening?: () => Promise<void>) {
  const { files, stints } = memoryStints(opening)
  const failures: StintFailure[] = []
  const lost: unknown[] = []
  /** The changes that hosts would learn of: who is recorded again, or is not. */
  const changes: [string, boolean][] = []
  const clock = { skewMs: 0 }
  const parts: RecordingParts = {
    showId: 'show',
    files,
    nowMs: () => Date.now() + clock.skewMs,
    onFailed: failure => failures.push(failure),
    onLost: error => lost.push(error),
    onTapFailed: error => lost.push(error),
    onRecordedChanged: ({ userId }, isRecorded) => changes.push([userId, isRecorded])
  }
  return { parts, stints, failures, lost, changes, clock }
}

/** Records a speaker, whose first stint was lost because files cannot be opened while `files.isDown`. */
async function recordWithoutFiles(t: Test) {
  const { audio } = await openTestMedia(t)
  const files = { isDown: true }
  const recorded = recording(async () => {
    if (files.isDown) throw new Error('down')
  })
  audio.recorder.start(recorded.parts)
  const speaker = await openSpeaker(audio, 'speaker')
  await speaker.produce()
  speaker.startTalking()
  await until(() => recorded.lost.length === 1)
  return { ...recorded, speaker, files }
}

t.test('the tones of two speakers are found at their times, and the song is not recorded', async t => {
  const { audio } = await openTestMedia(t)
  const { parts, stints, lost } = recording()
  const beeps = 'between(mod(t,1),0.5,0.7)*0.5'
  const [low, high] = [await tonePackets(400, toneSeconds, beeps), await tonePackets(900, toneSeconds, beeps)]
  const songId = await playSong(audio.song, fromStart(createSong()))
  const [first, second] = [await openSpeaker(audio, 'first'), await openSpeaker(audio, 'second')]
  const listener = await openListener(audio, 'listener')
  await listener.consume(songId!)
  const firstId = await first.produce()
  await listener.consume(firstId)
  audio.recorder.start(parts)
  audio.recorder.start(parts)
  await second.produce()
  t.equal(audio.recorder.size, 2)
  const one = playPackets(first.peer, low)
  await new Promise(resolve => setTimeout(resolve, 330))
  const two = playPackets(second.peer, high)
  await Promise.all([one.over, two.over])
  await until(() => stints.every(stint => packetsOf(bytesOf(stint)).length === low.length))
  t.equal(listener.packetCount(firstId), low.length)
  await audio.recorder.stop()
  t.same(lost, [])
  t.equal(audio.recorder.size, 0)
  t.same(stints.map(({ start }) => start.userId).sort(), ['first', 'second'])
  for (const [userId, talked, packets] of [
    ['first', one, low],
    ['second', two, high]
  ] as const) {
    const stint = stints.find(({ start }) => start.userId === userId)!
    t.ok(stint.isClosed)
    t.same(packetsOf(bytesOf(stint)), packets, 'unchanged')
    const sounds = soundsIn(await decode(bytesOf(stint)))
    t.equal(sounds.length, toneSeconds)
    for (const [index, { fromMs }] of sounds.entries()) {
      const offMs = timeAt(stint, fromMs * 48) - (talked.startedAtMs + index * 1000 + 500)
      t.ok(Math.abs(offMs) <= 50, `${userId} is ${offMs} ms off`)
    }
  }
})

testAtNight(t, 'a muted part is silent', async t => {
  const { audio } = await openTestMedia(t)
  const { parts, stints } = recording()
  audio.recorder.start(parts)
  const speaker = await openSpeaker(audio, 'speaker')
  await speaker.produce()
  const { startedAtMs, over } = playPackets(speaker.peer, await tonePackets(500, toneSeconds))
  const pause = async (ms: number) => await new Promise(resolve => setTimeout(resolve, ms))
  await pause(1000)
  await speaker.participant.setMuted(true)
  const mutedMs = Date.now() - startedAtMs
  await pause(1500)
  await speaker.participant.setMuted(false)
  const unmutedMs = Date.now() - startedAtMs
  await over
  await until(() => pagesOf(bytesOf(stints[0]!)).at(-1)!.granule! / 48 > unmutedMs + 500)
  await audio.recorder.stop()
  t.equal(stints.length, 1)
  const [before, after, ...others] = soundsIn(await decode(bytesOf(stints[0]!)))
  t.same(others, [])
  const placed = (ms: number) => timeAt(stints[0]!, ms * 48) - startedAtMs
  t.ok(Math.abs(placed(before!.toMs) - mutedMs) <= 50, `silent from ${placed(before!.toMs)}, muted at ${mutedMs}`)
  t.ok(Math.abs(placed(after!.fromMs) - unmutedMs) <= 50, `sounds from ${placed(after!.fromMs)}, not ${unmutedMs}`)
})

t.test('a speaker who comes ten times has ten stints', async t => {
  const { audio } = await openTestMedia(t)
  const { parts, stints } = recording()
  audio.recorder.start(parts)
  const speaker = await openSpeaker(audio, 'speaker')
  speaker.startTalking()
  for (let round = 1; round <= 10; round++) {
    await speaker.produce()
    await until(() => stints.length === round)
    await speaker.participant.closeProducer()
    await until(() => stints[round - 1]!.isClosed)
  }
  for (const stint of stints) t.ok(pagesOf(bytesOf(stint)).at(-1)?.isLast)
})

t.test('a worker is killed: its stints end, and the next producer begins another one', async t => {
  const { audio, media } = await openTestMedia(t)
  const { parts, stints, lost } = recording()
  audio.recorder.start(parts)
  const before = await openSpeaker(audio, 'speaker')
  await before.produce()
  before.startTalking()
  await until(() => stints.length === 1 && pagesOf(bytesOf(stints[0]!)).length > 2)
  const reset = nextEvent(audio, 'reset')
  process.kill(media.workerPids[0]!, 'SIGKILL')
  await reset
  before.stopTalking()
  await until(() => stints[0]!.isClosed)
  const again = await openSpeaker(audio, 'speaker')
  await again.produce()
  again.startTalking()
  await until(() => stints.length === 2 && pagesOf(bytesOf(stints[1]!)).length > 2)
  await audio.recorder.stop()
  for (const stint of stints) t.ok(pagesOf(bytesOf(stint)).at(-1)?.isLast)
  t.same(lost, [])
})

t.test('no space: the recording ends and says so once, and the listeners notice nothing', async t => {
  const { audio } = await openTestMedia(t)
  const { parts, stints, failures } = recording()
  audio.recorder.start(parts)
  const [first, second] = [await openSpeaker(audio, 'first'), await openSpeaker(audio, 'second')]
  const listener = await openListener(audio, 'listener')
  const firstId = await first.produce()
  await listener.consume(firstId)
  await second.produce()
  first.startTalking()
  second.startTalking()
  await until(() => stints.length === 2)
  for (const stint of stints) stint.fail('full')
  t.same(failures, ['full'])
  t.equal(audio.recorder.size, 0)
  await until(() => stints.every(({ isClosed }) => isClosed))
  const heard = listener.packetCount(firstId)
  await until(() => listener.packetCount(firstId) > heard + 10)
  audio.recorder.start(recording().parts)
  t.equal(audio.recorder.size, 2, 'another recording can begin')
})

t.test('a stint whose file cannot be opened is lost; the recording goes on', async t => {
  const { speaker, files, stints, failures } = await recordWithoutFiles(t)
  await speaker.participant.closeProducer()
  files.isDown = false
  await speaker.produce()
  await until(() => stints.length === 1)
  t.same(failures, [])
})

testAtNight(t, 'a voice that could not be received is tried again while its producer is open', async t => {
  const { audio } = await openTestMedia(t)
  const { parts, stints, lost, changes } = recording()
  const speaker = await openSpeaker(audio, 'speaker')
  await speaker.produce()
  const opening = mock.method(audio.routers[0]!, 'createDirectTransport')
  t.teardown(() => opening.mock.restore())
  for (const call of [0, 1]) {
    opening.mock.mockImplementationOnce(async () => await Promise.reject(new Error('busy')), call)
  }
  audio.recorder.start(parts)
  speaker.startTalking()
  await until(() => stints.length === 1 && pagesOf(bytesOf(stints[0]!)).length > 2)
  t.match(lost, [{ message: 'busy' }, { message: 'busy' }])
  t.equal(opening.mock.callCount(), 3)
  t.same(changes, [], 'too short to tell')
})

t.test('a voice that cannot be received is told once after three seconds, and at once when it is again', async t => {
  const { audio } = await openTestMedia(t)
  const { parts, stints, lost, changes, clock } = recording()
  const speaker = await openSpeaker(audio, 'speaker')
  await speaker.produce()
  const opening = mock.method(
    audio.routers[0]!,
    'createDirectTransport',
    async () => await Promise.reject(new Error('busy'))
  )
  t.teardown(() => opening.mock.restore())
  audio.recorder.start(parts)
  speaker.startTalking()
  await until(() => lost.length === 2)
  t.same(changes, [], 'after one second')
  clock.skewMs += 3000
  await until(() => changes.length > 0 && lost.length > 3)
  t.same(changes, [['speaker', false]])
  opening.mock.restore()
  await until(() => changes.length > 1)
  t.same(changes[1], ['speaker', true])
  await until(() => stints.length === 1 && pagesOf(bytesOf(stints[0]!)).length > 2)
  t.equal(changes.length, 2)
})

t.test('a voice without a file is told until a later stint has one', async t => {
  const { files, lost, changes, clock } = await recordWithoutFiles(t)
  clock.skewMs += 3000
  await until(() => changes.length > 0)
  clock.skewMs += 8000
  await until(() => lost.length === 2)
  files.isDown = false
  clock.skewMs += 10_000
  await until(() => changes.length > 1)
  t.same(changes, [
    ['speaker', false],
    ['speaker', true]
  ])
})

t.test('voices of another node are recorded there only, and closing a show closes its files', async t => {
  const { origin, edge } = await openTestNodes(t)
  const [there, here] = [recording(), recording()]
  origin.audio.recorder.start(there.parts)
  edge.audio.recorder.start(here.parts)
  const speaker = await openSpeaker(origin.audio, 'speaker')
  const producerId = await speaker.produce()
  const ends = await openEnds(origin.audio, edge.audio)
  await carry(producerId, ends.origin, ends.edge)
  const listener = await openListener(edge.audio, 'listener')
  await listener.consume(producerId)
  speaker.startTalking()
  await until(() => listener.packetCount(producerId) > 20 && there.stints.length === 1)
  t.equal(edge.audio.recorder.size, 0)
  await Promise.all([origin.media.closeShow('show'), edge.media.closeShow('show')])
  await until(() => there.stints[0]!.isClosed)
  t.same(here.stints, [])
})
