import t from 'tap'
import { closeRtcPeers, opusReceiveCapabilities, opusSendParameters } from './rtc-peer.ts'
import { openListener, openSpeaker, openTestMedia, rejectionCode, until } from './test-media.ts'

t.teardown(closeRtcPeers)

const dtlsParameters = {
  role: 'client' as const,
  fingerprints: [{ algorithm: 'sha-256' as const, value: Array.from({ length: 32 }, () => 'AB').join(':') }]
}
const rtpCapabilities = opusReceiveCapabilities

t.test("another participant's objects are NOT_FOUND", async t => {
  const { audio } = await openTestMedia(t)
  const speaker = await openSpeaker(audio, 'speaker')
  const producerId = await speaker.produce()
  const listener = await openListener(audio, 'listener')
  const consumerId = await listener.consume(producerId)
  const stranger = await audio.join({ presenceId: 'stranger', userId: 'stranger' })
  const foreignId = speaker.transportId

  t.equal(await rejectionCode(stranger.connectTransport(foreignId, dtlsParameters)), 'NOT_FOUND')
  t.equal(await rejectionCode(stranger.restartIce(foreignId)), 'NOT_FOUND')
  t.throws(() => stranger.closeTransport(foreignId), { code: 'NOT_FOUND' })
  t.equal(
    await rejectionCode(stranger.produce({ transportId: foreignId, rtpParameters: opusSendParameters(7) })),
    'NOT_FOUND'
  )
  t.equal(await rejectionCode(stranger.resumeConsumer(consumerId)), 'NOT_FOUND')
  t.equal(await rejectionCode(stranger.pauseConsumer(consumerId)), 'NOT_FOUND')
  t.throws(() => stranger.closeConsumer(consumerId), { code: 'NOT_FOUND' })
  t.equal(
    await rejectionCode(stranger.admitProducer(producerId, false)),
    'CONFLICT',
    'only its own participant admits a producer'
  )
  stranger.dropProducer(producerId)
  await stranger.closeProducer()
  await stranger.setMuted(true)

  speaker.startTalking()
  await until(() => listener.packetCount(producerId) > 0)
  speaker.stopTalking()
  t.pass('the attempts changed nothing')
})

t.test('a producer of another show is NOT_FOUND', async t => {
  const { media, audio } = await openTestMedia(t)
  const producerId = await (await openSpeaker(audio, 'speaker')).produce()
  const listener = await openListener(await media.openShow('another show'), 'listener')
  t.equal(await rejectionCode(listener.participant.consume({ producerId, rtpCapabilities })), 'NOT_FOUND')
})

t.test('a producer that was not admitted is NOT_FOUND for everybody', async t => {
  const { audio } = await openTestMedia(t)
  const { participant, transportId } = await openSpeaker(audio, 'speaker')
  const listener = await openListener(audio, 'listener')
  const producerId = await participant.produce({ transportId, rtpParameters: opusSendParameters(5) })
  t.equal(await rejectionCode(listener.participant.consume({ producerId, rtpCapabilities })), 'NOT_FOUND')

  participant.dropProducer(producerId)
  participant.dropProducer(producerId)
  t.equal(
    await rejectionCode(participant.admitProducer(producerId, false)),
    'CONFLICT',
    'a dropped producer cannot be admitted'
  )
  t.equal(await rejectionCode(listener.participant.consume({ producerId, rtpCapabilities })), 'NOT_FOUND')

  const again = await participant.produce({ transportId, rtpParameters: opusSendParameters(5) })
  await participant.admitProducer(again, true)
  t.match(await listener.participant.consume({ producerId: again, rtpCapabilities }), {
    producerId: again,
    kind: 'audio',
    userId: 'speaker'
  })
})

t.test('a participant has one transport of each direction, one producer, and one consumer of a producer', async t => {
  const { audio } = await openTestMedia(t)
  const { participant, transportId, peer, produce } = await openSpeaker(audio, 'speaker')
  t.equal(await rejectionCode(participant.createTransport('send')), 'CONFLICT')
  t.equal(await rejectionCode(participant.connectTransport(transportId, peer.dtlsParameters)), 'CONFLICT')
  const producerId = await produce()
  t.equal(await rejectionCode(participant.produce({ transportId, rtpParameters: opusSendParameters(9) })), 'CONFLICT')

  const listener = await openListener(audio, 'listener')
  await listener.consume(producerId)
  t.equal(await rejectionCode(listener.participant.consume({ producerId, rtpCapabilities })), 'CONFLICT')

  const { id: recvId } = await participant.createTransport('recv')
  t.equal(await rejectionCode(participant.consume({ producerId, rtpCapabilities })), 'CONFLICT', 'not its own producer')
  t.equal(
    await rejectionCode(participant.produce({ transportId: recvId, rtpParameters: opusSendParameters(9) })),
    'NOT_FOUND',
    'not on a receive transport'
  )

  const answers = await Promise.all([
    rejectionCode(listener.participant.createTransport('send')),
    rejectionCode(listener.participant.createTransport('send'))
  ])
  t.equal(answers.filter(answer => answer === 'CONFLICT').length, 1, 'also when both are requested at once')
  t.equal(
    await rejectionCode(
      (await audio.join({ presenceId: 'new', userId: 'new' })).consume({ producerId, rtpCapabilities })
    ),
    'CONFLICT',
    'no receive transport yet'
  )

  participant.closeTransport(transportId)
  t.throws(() => participant.closeTransport(transportId), { code: 'NOT_FOUND' })
  t.equal(typeof (await participant.createTransport('send')).id, 'string', 'a new one after the first was closed')
})

t.test('parameters that the media server cannot use are VALIDATION, never INTERNAL', async t => {
  const { audio } = await openTestMedia(t)
  const { participant, transportId, produce } = await openSpeaker(audio, 'speaker')
  const good = opusSendParameters(21)
  const codec = good.codecs[0]!
  const bad = {
    'another codec': { ...good, codecs: [{ ...codec, mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 }] },
    video: { ...good, codecs: [{ ...codec, mimeType: 'video/VP8', clockRate: 90_000 }] },
    'an invalid mime type': { ...good, codecs: [{ ...codec, mimeType: 'opus' }] },
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
  const producerId = await produce()
  t.ok(producerId, 'the worker still works')

  const listener = await openListener(audio, 'listener')
  for (const [name, capabilities] of Object.entries({
    'no codec': { codecs: [] },
    'no capabilities': {},
    'another codec': {
      codecs: [{ ...rtpCapabilities.codecs[0]!, mimeType: 'audio/PCMU', clockRate: 8000, channels: 1 }]
    },
    'an invalid mime type': { codecs: [{ ...rtpCapabilities.codecs[0]!, mimeType: 'opus' }] }
  })) {
    await t.rejects(
      listener.participant.consume({ producerId, rtpCapabilities: capabilities }),
      { code: 'VALIDATION', issues: [{ path: '/rtpCapabilities', message: String }] },
      name
    )
  }

  const { id } = await (await audio.join({ presenceId: 'new', userId: 'new' })).createTransport('recv')
  const newParticipant = audio.findParticipant('new')!
  await t.rejects(newParticipant.connectTransport(id, { fingerprints: [] }), {
    code: 'VALIDATION',
    issues: [{ path: '/dtlsParameters', message: String }]
  })
  t.equal(
    typeof (await rejectionCode(newParticipant.connectTransport(id, dtlsParameters))),
    'object',
    'valid parameters are accepted after invalid ones'
  )
})

t.test('the capabilities for clients contain Opus only, without feedback our worker does not send', async t => {
  const { audio } = await openTestMedia(t)
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

  const producerId = await (await openSpeaker(audio, 'speaker')).produce()
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
