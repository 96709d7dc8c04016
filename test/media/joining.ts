import type { Participant } from '../../media/participant.ts'
import type { ShowAudio } from '../../media/show-audio.ts'
import { opusReceiveCapabilities, startRtcPeer } from './rtc-peer.ts'
import { until } from './test-media.ts'

/** A participant that joined and received two packets, `tookMs` after it asked to join. */
export interface JoinedListener {
  participant: Participant
  consumerId: string
  tookMs: number
}

/** Joins the show now and consumes the producer when there is one; resolves when two packets have arrived. */
export async function joinAndListen(
  audio: ShowAudio,
  name: string,
  findProducer: () => Promise<string>
): Promise<JoinedListener> {
  const requestedAtMs = performance.now()
  const participant = await audio.join({ presenceId: name, userId: name, requestedAtMs })
  const producerId = await findProducer()
  const { id, iceParameters, iceCandidates, dtlsParameters } = await participant.createTransport('recv')
  const peer = await startRtcPeer({ direction: 'recv', transport: { iceParameters, iceCandidates, dtlsParameters } })
  await participant.connectTransport(id, peer.dtlsParameters)
  const consumer = await participant.consume({ producerId, rtpCapabilities: opusReceiveCapabilities })
  const ssrc = consumer.rtpParameters.encodings![0]!.ssrc!
  await peer.connected()
  await participant.resumeConsumer(consumer.id)
  await until(() => (peer.received.get(ssrc) ?? 0) > 1)
  return { participant, consumerId: consumer.id, tookMs: performance.now() - requestedAtMs }
}
