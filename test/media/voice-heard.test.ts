import t from 'tap'
import { closeRtcPeers, opusSendParameters } from './rtc-peer.ts'
import { openSpeaker, openTestMedia, until } from './test-media.ts'

t.teardown(closeRtcPeers)

t.test('the first packet of an admitted producer is reported once, a muted one too', async t => {
  const { audio } = await openTestMedia(t)
  const heard: string[] = []
  audio.on('voiceHeard', (userId, producerId) => heard.push(`${userId} ${producerId}`))
  const speaker = await openSpeaker(audio, 'speaker')
  const muted = await openSpeaker(audio, 'muted')
  const speakerId = await speaker.produce()
  const mutedId = await muted.produce(true)
  t.equal(speaker.participant.isSilent(speakerId), true)
  await new Promise(resolve => setTimeout(resolve, 300))
  t.same(heard, [])
  speaker.startTalking()
  muted.startTalking()
  await until(() => heard.length >= 2)
  t.same(heard.sort(), [`muted ${mutedId}`, `speaker ${speakerId}`])
  t.equal(speaker.participant.isSilent(speakerId), false)
  await speaker.participant.setMuted(true)
  await speaker.participant.setMuted(false)
  await new Promise(resolve => setTimeout(resolve, 300))
  t.equal(heard.length, 2)
})

t.test('a producer whose packets came before it was admitted is reported when it is', async t => {
  const { audio } = await openTestMedia(t)
  const heard: string[] = []
  audio.on('voiceHeard', userId => heard.push(userId))
  const { participant, transportId, ssrc, startTalking } = await openSpeaker(audio, 'early')
  const producerId = await participant.produce({ transportId, rtpParameters: opusSendParameters(ssrc) })
  startTalking()
  await until(() => !participant.isSilent(producerId))
  t.same(heard, [])
  await participant.admitProducer(producerId, false)
  t.same(heard, ['early'])
  t.equal(participant.isSilent('another producer'), false)
})
