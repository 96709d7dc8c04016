import t from 'tap'
import { closeRtcPeers, startRtcPeer } from './rtc-peer.ts'
import { openSpeaker, openTestMedia, presenceOf, until } from './test-media.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import type { TransportFailed } from '../../contract/media.ts'

t.teardown(closeRtcPeers)

/** Creates a send transport of a new participant, and a peer that waits for the DTLS handshake. */
async function openPassive(audio: ShowAudio, userId: string) {
  const participant = await audio.join({ presenceId: presenceOf(userId), userId })
  const transport = await participant.createTransport('send')
  const peer = await startRtcPeer({ direction: 'send', transport, isPassive: true })
  return { participant, transport, peer }
}

t.test('a client is told which transport has not connected 10 s after it was connected, and why', async t => {
  const { audio } = await openTestMedia(t)
  const failed = new Map<string, TransportFailed>()
  audio.on('transportFailed', (presenceId, failure) => failed.set(presenceId, failure))
  const startedAt = performance.now()

  // Both sides wait as DTLS servers: the peer answered `passive`, and its program sends the role `client`.
  const waiting = await openPassive(audio, 'waiting')
  t.equal(waiting.peer.dtlsParameters.role, 'server')
  await waiting.participant.connectTransport(waiting.transport.id, {
    ...waiting.peer.dtlsParameters,
    role: 'client'
  })

  // No packet of this one arrives, not even from ICE.
  const silent = await audio.join({ presenceId: presenceOf('silent'), userId: 'silent' })
  const unreached = await silent.createTransport('recv')
  await silent.connectTransport(unreached.id, waiting.peer.dtlsParameters)

  // This one leaves in time, that one never connects its transport, the others are connected.
  const left = await audio.join({ presenceId: presenceOf('left'), userId: 'left' })
  await left.connectTransport((await left.createTransport('recv')).id, waiting.peer.dtlsParameters)
  audio.leave(presenceOf('left'))
  const idle = await audio.join({ presenceId: presenceOf('idle'), userId: 'idle' })
  await idle.createTransport('recv')
  await openSpeaker(audio, 'active')
  const passive = await openPassive(audio, 'passive')
  await passive.participant.connectTransport(passive.transport.id, passive.peer.dtlsParameters)
  await passive.peer.connected()

  await until(() => failed.size >= 2)
  t.ok(performance.now() - startedAt >= 10_000)
  await new Promise(resolve => setTimeout(resolve, 500))
  t.same(
    failed,
    new Map([
      [presenceOf('waiting'), { transportId: waiting.transport.id, direction: 'send', reason: 'dtls' }],
      [presenceOf('silent'), { transportId: unreached.id, direction: 'recv', reason: 'ice' }]
    ])
  )
  // It may still connect.
  await waiting.participant.restartIce(waiting.transport.id)
})

t.test('a client whose DTLS handshake fails is told at once', async t => {
  const { audio } = await openTestMedia(t)
  const failed: unknown[] = []
  audio.on('transportFailed', (presenceId, failure) => failed.push({ presenceId, ...failure }))
  const { participant, transport, peer } = await openPassive(audio, 'speaker')
  await participant.connectTransport(transport.id, {
    role: 'server',
    fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('00').join(':') }]
  })
  await until(() => failed.length > 0)
  t.same(failed, [{ presenceId: presenceOf('speaker'), transportId: transport.id, direction: 'send', reason: 'dtls' }])
  t.throws(() => participant.closeTransport(transport.id), { code: 'NOT_FOUND' })
  peer.close()
})
