import t from 'tap'
import { closeRtcPeers, opusReceiveCapabilities, opusSendParameters } from './rtc-peer.ts'
import { openListener, openSpeaker, openStudio, refusal, until } from './studio.ts'

t.teardown(closeRtcPeers)

const dtlsParameters = {
  role: 'client' as const,
  fingerprints: [{ algorithm: 'sha-256' as const, value: Array.from({ length: 32 }, () => 'AB').join(':') }]
}
const rtpCapabilities = opusReceiveCapabilities

t.test('what belongs to another session does not exist', async t => {
  const { audio } = await openStudio(t)
  const speaker = await openSpeaker(audio, 'speaker')
  const producerId = await speaker.speak()
  const listener = await openListener(audio, 'listener')
  const consumerId = await listener.hear(producerId)
  const stranger = await audio.join({ presenceId: 'stranger', userId: 'stranger' })
  const theirs = speaker.transportId

  t.equal(await refusal(stranger.connectTransport(theirs, dtlsParameters)), 'NOT_FOUND')
  t.equal(await refusal(stranger.restartIce(theirs)), 'NOT_FOUND')
  t.throws(() => stranger.closeTransport(theirs), { code: 'NOT_FOUND' })
  t.equal(await refusal(stranger.produce({ transportId: theirs, rtpParameters: opusSendParameters(7) })), 'NOT_FOUND')
  t.equal(await refusal(stranger.resumeConsumer(consumerId)), 'NOT_FOUND')
  t.equal(await refusal(stranger.pauseConsumer(consumerId)), 'NOT_FOUND')
  t.throws(() => stranger.closeConsumer(consumerId), { code: 'NOT_FOUND' })
  t.equal(await refusal(stranger.admitProducer(producerId, false)), 'CONFLICT', 'it is not theirs to admit')
  stranger.dropProducer(producerId)
  await stranger.closeProducer()
  await stranger.setMuted(true)

  speaker.talk()
  await until(() => listener.heard(producerId) > 0)
  speaker.hush()
  t.pass('and what was tried did nothing')
})

t.test('a producer of another show does not exist', async t => {
  const { media, audio } = await openStudio(t)
  const producerId = await (await openSpeaker(audio, 'speaker')).speak()
  const listener = await openListener(await media.openShow('another show'), 'listener')
  t.equal(await refusal(listener.participant.consume({ producerId, rtpCapabilities })), 'NOT_FOUND')
})

t.test('a producer that was not admitted does not exist for anybody', async t => {
  const { audio } = await openStudio(t)
  const { participant, transportId } = await openSpeaker(audio, 'speaker')
  const listener = await openListener(audio, 'listener')
  const producerId = await participant.produce({ transportId, rtpParameters: opusSendParameters(5) })
  t.equal(await refusal(listener.participant.consume({ producerId, rtpCapabilities })), 'NOT_FOUND')

  participant.dropProducer(producerId)
  participant.dropProducer(producerId)
  t.equal(await refusal(participant.admitProducer(producerId, false)), 'CONFLICT', 'what was dropped is not admitted')
  t.equal(await refusal(listener.participant.consume({ producerId, rtpCapabilities })), 'NOT_FOUND')

  const again = await participant.produce({ transportId, rtpParameters: opusSendParameters(5) })
  await participant.admitProducer(again, true)
  t.match(await listener.participant.consume({ producerId: again, rtpCapabilities }), {
    producerId: again,
    kind: 'audio',
    userId: 'speaker'
  })
})

t.test('one of each', async t => {
  const { audio } = await openStudio(t)
  const { participant, transportId, peer, speak } = await openSpeaker(audio, 'speaker')
  t.equal(await refusal(participant.createTransport('send')), 'CONFLICT')
  t.equal(await refusal(participant.connectTransport(transportId, peer.dtlsParameters)), 'CONFLICT')
  const producerId = await speak()
  t.equal(await refusal(participant.produce({ transportId, rtpParameters: opusSendParameters(9) })), 'CONFLICT')

  const listener = await openListener(audio, 'listener')
  await listener.hear(producerId)
  t.equal(await refusal(listener.participant.consume({ producerId, rtpCapabilities })), 'CONFLICT')

  const { id: recvId } = await participant.createTransport('recv')
  t.equal(await refusal(participant.consume({ producerId, rtpCapabilities })), 'CONFLICT', 'nobody hears themselves')
  t.equal(
    await refusal(participant.produce({ transportId: recvId, rtpParameters: opusSendParameters(9) })),
    'NOT_FOUND',
    'not on a receive transport'
  )

  const both = await Promise.all([
    refusal(listener.participant.createTransport('send')),
    refusal(listener.participant.createTransport('send'))
  ])
  t.equal(both.filter(answer => answer === 'CONFLICT').length, 1, 'also when both are asked for at once')
  t.equal(
    await refusal((await audio.join({ presenceId: 'new', userId: 'new' })).consume({ producerId, rtpCapabilities })),
    'CONFLICT',
    'no receive transport yet'
  )

  participant.closeTransport(transportId)
  t.throws(() => participant.closeTransport(transportId), { code: 'NOT_FOUND' })
  t.equal(typeof (await participant.createTransport('send')).id, 'string', 'another one after the first is closed')
})

t.test("what the media server can't use is VALIDATION, never INTERNAL", async t => {
  const { audio } = await openStudio(t)
  const { participant, transportId, speak } = await openSpeaker(audio, 'speaker')
  const good = opusSendParameters(21)
  const codec = good.codecs[0]!
  const bad = {
    'another codec': { ...good, codecs: [{ ...codec, mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 }] },
    video: { ...good, codecs: [{ ...codec, mimeType: 'video/VP8', clockRate: 90_000 }] },
    'a mime type that is none': { ...good, codecs: [{ ...codec, mimeType: 'opus' }] },
    'no codec': { ...good, codecs: [] },
    'neither mid nor ssrc': { codecs: good.codecs, encodings: [{}] },
    'two encodings': { ...good, encodings: [{ ssrc: 21 }, { ssrc: 22 }] }
  }
  for (const [name, rtpParameters] of Object.entries(bad)) {
    await t.rejects(
      participant.produce({ transportId, rtpParameters }),
      { code: 'VALIDATION', issues: [{ path: '/rtpParameters', message: String }] },
      name
    )
  }
  const producerId = await speak()
  t.ok(producerId, 'and the worker still works')

  const listener = await openListener(audio, 'listener')
  for (const [name, capabilities] of Object.entries({
    'no codec': { codecs: [] },
    nothing: {},
    'another codec': {
      codecs: [{ ...rtpCapabilities.codecs[0]!, mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 }]
    },
    'a mime type that is none': { codecs: [{ ...rtpCapabilities.codecs[0]!, mimeType: 'opus' }] }
  })) {
    await t.rejects(
      listener.participant.consume({ producerId, rtpCapabilities: capabilities }),
      { code: 'VALIDATION', issues: [{ path: '/rtpCapabilities', message: String }] },
      name
    )
  }

  const { id } = await (await audio.join({ presenceId: 'new', userId: 'new' })).createTransport('recv')
  const fresh = audio.findParticipant('new')!
  await t.rejects(fresh.connectTransport(id, { fingerprints: [] }), {
    code: 'VALIDATION',
    issues: [{ path: '/dtlsParameters', message: String }]
  })
  t.equal(typeof (await refusal(fresh.connectTransport(id, dtlsParameters))), 'object', 'a good one after a bad one')
})

t.test('clients see Opus, and nothing our worker has no use for', async t => {
  const { audio } = await openStudio(t)
  const { codecs, headerExtensions } = audio.rtpCapabilities
  t.same(
    codecs?.map(({ mimeType, clockRate, channels, parameters }) => [mimeType, clockRate, channels, parameters]),
    [['audio/opus', 48_000, 2, { useinbandfec: 1 }]]
  )
  t.notMatch(JSON.stringify(audio.rtpCapabilities), /transport-cc|transport-wide-cc|video|rtx/)
  t.same(
    headerExtensions?.map(({ uri }) => uri),
    ['urn:ietf:params:rtp-hdrext:sdes:mid', 'urn:ietf:params:rtp-hdrext:ssrc-audio-level']
  )

  const producerId = await (await openSpeaker(audio, 'speaker')).speak()
  const { rtpParameters } = await (
    await openListener(audio, 'listener')
  ).participant.consume({
    producerId,
    rtpCapabilities: {
      ...rtpCapabilities,
      codecs: [{ ...rtpCapabilities.codecs[0]!, rtcpFeedback: [{ type: 'transport-cc', parameter: '' }] }]
    }
  })
  t.notMatch(JSON.stringify(rtpParameters), /transport-cc|transport-wide-cc/)
})
