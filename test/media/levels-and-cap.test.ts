import t from 'tap'
import type { SpeakingLevel } from '../../media/speaking-levels.ts'
import { closeRtcPeers, opusSendParameters } from './rtc-peer.ts'
import { next, openListener, openSpeaker, openStudio, until } from './studio.ts'

t.teardown(closeRtcPeers)

t.test('who sends far too much is silenced and reported once; a voice of 64 kb/s is not', async t => {
  const { audio, workers } = await openStudio(t)
  const reported: unknown[] = []
  audio.on('overBitrate', (...who) => reported.push(who))
  const voice = await openSpeaker(audio, 'voice')
  const voiceId = await voice.speak()
  // 148 bytes and 12 of header, 50 times a second: 64 kb/s.
  voice.talk(148)
  const flood = await openSpeaker(audio, 'flood')
  const floodId = await flood.speak()
  const over = next(audio, 'overBitrate')
  // 240 kb/s, with nobody listening.
  flood.talk(588)
  t.same(await over, ['flood', floodId])
  await until(() => workers[0]!.producers.get(floodId)!.paused)
  t.equal(workers[0]!.producers.get(voiceId)!.paused, false)

  const listener = await openListener(audio, 'listener')
  await listener.hear(voiceId)
  await until(() => listener.heard(voiceId) > 100)
  t.same(reported, [['flood', floodId]])
})

t.test('a burst is no offence, and muting does not hide a flood', async t => {
  const { audio } = await openStudio(t)
  const burst = await openSpeaker(audio, 'burst')
  await burst.speak()
  const muted = await openSpeaker(audio, 'muted')
  const mutedId = await muted.speak(true)
  const over = next(audio, 'overBitrate')
  muted.talk(588)
  // 20 kB at once are 160 kbit: too much for a second, not for two.
  for (let n = 0; n < 20; n++) burst.peer.send(1000)
  t.same(await over, ['muted', mutedId])
})

t.test('who speaks is told with their level, on whichever worker, and silence once', async t => {
  const { audio } = await openStudio(t, { workers: 2, listenersPerWorker: 1 })
  const told: SpeakingLevel[][] = []
  audio.on('speaking', levels => told.push(levels))
  const ann = await openSpeaker(audio, 'ann', { levelDb: -20 })
  const bob = await openSpeaker(audio, 'bob', { levelDb: -30 })
  const whisper = await openSpeaker(audio, 'whisper', { levelDb: -90 })
  for (const speaker of [ann, bob, whisper]) {
    await speaker.speak()
    speaker.talk()
  }
  const speaking = () => Object.fromEntries((told.at(-1) ?? []).map(({ userId, volume }) => [userId, volume]))
  await until(() => speaking().ann === -20 && speaking().bob === -30)
  t.notOk('whisper' in speaking())

  bob.hush()
  await until(() => speaking().ann === -20 && !('bob' in speaking()))
  await ann.participant.setMuted(true)
  await until(() => told.at(-1)?.length === 0)
  await ann.participant.setMuted(false)
  await until(() => speaking().ann === -20)
  t.equal(
    told.some((levels, n) => levels.length === 0 && told[n + 1]?.length === 0),
    false,
    'silence is told once'
  )
})

t.test('nobody is told to speak before they are admitted', async t => {
  const { audio } = await openStudio(t)
  const told: string[] = []
  audio.on('speaking', levels => told.push(...levels.map(({ userId }) => userId)))
  const hidden = await openSpeaker(audio, 'hidden', { levelDb: -10 })
  await hidden.participant.produce({ transportId: hidden.transportId, rtpParameters: opusSendParameters(hidden.ssrc) })
  hidden.talk()
  const seen = await openSpeaker(audio, 'seen', { levelDb: -20 })
  await seen.speak()
  seen.talk()
  await until(() => told.filter(userId => userId === 'seen').length >= 3)
  t.notOk(told.includes('hidden'))
})
