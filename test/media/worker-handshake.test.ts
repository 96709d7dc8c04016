import { createWorker } from 'mediasoup'
import type { DtlsFingerprint, WebRtcTransport } from 'mediasoup/types'
import datachannel from 'node-datachannel'
import t from 'tap'

import { cachedWorkerPath } from '../../media/worker-binary.ts'

const workerBin = process.env.MEDIASOUP_WORKER_BIN || cachedWorkerPath(process.env)
const opus = {
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48000,
  channels: 2,
  preferredPayloadType: 100
} as const

/** Returns the SDP offer of a transport that sends one Opus stream. */
function offerOf({ iceParameters, iceCandidates, dtlsParameters }: WebRtcTransport) {
  const { algorithm, value } = dtlsParameters.fingerprints.find(fingerprint => fingerprint.algorithm === 'sha-256')!
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=ice-lite',
    'm=audio 9 UDP/TLS/RTP/SAVPF 100',
    'c=IN IP4 127.0.0.1',
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:100 opus/48000/2',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    `a=fingerprint:${algorithm} ${value}`,
    'a=setup:actpass',
    ...iceCandidates.map(
      ({ foundation, priority, address, port }) =>
        `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`
    ),
    'a=end-of-candidates',
    ''
  ].join('\r\n')
}

function fingerprintIn(sdp: string): DtlsFingerprint {
  const [, value] = /^a=fingerprint:sha-256 (\S+)/im.exec(sdp) ?? []
  return { algorithm: 'sha-256', value: value! }
}

t.teardown(() => datachannel.cleanup())

// A worker whose BIO callback treats every control call as answered dies here, on an OpenSSL with kernel TLS.
t.test('the worker survives a DTLS handshake and is connected after it', async t => {
  const worker = await createWorker({ workerBin, logLevel: 'warn' })
  t.teardown(() => worker.close())
  const router = await worker.createRouter({ mediaCodecs: [opus] })
  const transport = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }] })
  const peer = new datachannel.PeerConnection('peer', { iceServers: [] })
  t.teardown(() => peer.close())

  const outcome = new Promise<string>(resolve => {
    worker.on('died', error => resolve(error.message))
    transport.on('dtlsstatechange', state => {
      if (state === 'connected' || state === 'failed') resolve(state)
    })
  })
  peer.onLocalDescription(sdp => {
    transport.connect({ dtlsParameters: { role: 'client', fingerprints: [fingerprintIn(sdp)] } }).catch(() => {})
  })
  peer.setRemoteDescription(offerOf(transport), 'offer')

  t.equal(await outcome, 'connected')
})
