import t from 'tap'
import type { SpeakingLevel } from '../../contract/speaking.ts'
import { createMergedLevels } from '../../media/voice-levels.ts'
import { closeRtcPeers, opusSendParameters } from './rtc-peer.ts'
import { openSpeaker, openTestMedia, until } from './test-media.ts'

t.teardown(closeRtcPeers)

t.test('speakers are reported with their level on every worker, and silence once', async t => {
  const { audio } = await openTestMedia(t, { workers: 2, listenersPerWorker: 1 })
  const reports: SpeakingLevel[][] = []
  audio.on('speaking', levels => reports.push(levels))
  const ann = await openSpeaker(audio, 'ann', { levelDb: -20 })
  const bob = await openSpeaker(audio, 'bob', { levelDb: -30 })
  const whisperer = await openSpeaker(audio, 'whisperer', { levelDb: -90 })
  for (const speaker of [ann, bob, whisperer]) {
    await speaker.produce()
    speaker.startTalking()
  }
  const latest = () => Object.fromEntries((reports.at(-1) ?? []).map(({ userId, volume }) => [userId, volume]))
  await until(() => latest().ann === -20 && latest().bob === -30)
  t.notOk('whisperer' in latest())

  bob.stopTalking()
  await until(() => latest().ann === -20 && !('bob' in latest()))
  await ann.participant.setMuted(true)
  await until(() => reports.at(-1)?.length === 0)
  await ann.participant.setMuted(false)
  await until(() => latest().ann === -20)
  t.equal(
    reports.some((levels, n) => levels.length === 0 && reports[n + 1]?.length === 0),
    false,
    'silence is reported once'
  )
})

t.test('a speaker is not reported before the producer is admitted', async t => {
  const { audio } = await openTestMedia(t)
  const reported: string[] = []
  audio.on('speaking', levels => reported.push(...levels.map(({ userId }) => userId)))
  const hidden = await openSpeaker(audio, 'hidden', { levelDb: -10 })
  await hidden.participant.produce({ transportId: hidden.transportId, rtpParameters: opusSendParameters(hidden.ssrc) })
  hidden.startTalking()
  const admitted = await openSpeaker(audio, 'admitted', { levelDb: -20 })
  await admitted.produce()
  admitted.startTalking()
  await until(() => reported.filter(userId => userId === 'admitted').length >= 3)
  t.notOk(reported.includes('hidden'))
})

t.test('a voice in packets of 20, 40 or 60 ms is reported all the time, one without the extension never', async t => {
  const { audio } = await openTestMedia(t)
  const reports: string[][] = []
  audio.on('speaking', levels => reports.push(levels.map(({ userId }) => userId)))
  for (const packetMs of [20, 40, 60]) {
    const speaker = await openSpeaker(audio, `${packetMs} ms`, { levelDb: -20 })
    await speaker.produce()
    speaker.startTalking(80, packetMs)
  }
  const unmarked = await openSpeaker(audio, 'without level')
  await unmarked.produce()
  unmarked.startTalking()
  await until(() => reports.some(userIds => userIds.length === 3))
  reports.length = 0
  await until(() => reports.length >= 10)
  for (const userIds of reports) t.same([...userIds].sort(), ['20 ms', '40 ms', '60 ms'])
})

t.test(
  'a voice whose packets never say that they have voice, as those of aiortc, is reported by its level',
  async t => {
    const { audio } = await openTestMedia(t)
    const reports: SpeakingLevel[][] = []
    audio.on('speaking', levels => reports.push(levels))
    const speaker = await openSpeaker(audio, 'ann', { levelDb: -20, hasVoiceBit: false })
    await speaker.produce()
    speaker.startTalking()
    await until(() => reports.some(levels => levels.some(({ userId, volume }) => userId === 'ann' && volume === -20)))
  }
)

t.test('a slow report counts only for speakers whom the fast one does not see', async t => {
  let nowMs = 0
  const reports: Record<string, number>[] = []
  const { fast, slow } = createMergedLevels(
    levels => reports.push(Object.fromEntries(levels.map(({ userId, volume }) => [userId, volume]))),
    () => nowMs
  )
  const ann = (volume: number) => ({ userId: 'ann', volume })
  const bob = (volume: number) => ({ userId: 'bob', volume })
  fast([ann(-21)])
  slow([ann(-25), bob(-30)])
  t.same(reports.at(-1), { ann: -21, bob: -30 })
  fast([ann(-20)])
  t.same(reports.at(-1), { ann: -20, bob: -30 })
  nowMs = 500
  fast([])
  t.same(reports.at(-1), { bob: -30 }, 'the end of a fast speaker is not delayed')
  nowMs = 1000
  slow([ann(-25)])
  t.same(reports.at(-1), {}, 'this is what the fast one saw before')
  nowMs = 5001
  slow([ann(-26)])
  t.same(reports.at(-1), { ann: -26 }, 'her packets are longer now')
  slow([])
  t.same(reports.at(-1), {})
})

t.test('a burst of long packets after a stall does not hide their speaker from the slow observer', async t => {
  const reports: string[][] = []
  const { fast, slow } = createMergedLevels(
    levels => reports.push(levels.map(({ userId }) => userId)),
    () => 0
  )
  const bob = (volume: number) => ({ userId: 'bob', volume })
  slow([bob(-30)])
  fast([bob(-29)])
  fast([])
  slow([bob(-31)])
  t.same(reports, [['bob'], ['bob'], ['bob'], ['bob']])
})
