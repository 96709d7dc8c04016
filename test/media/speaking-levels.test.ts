import t from 'tap'
import type { SpeakingLevel } from '../../media/speaking-levels.ts'
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
