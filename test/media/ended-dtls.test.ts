/*
 * A DTLS connection that has failed stays ended in the worker, whatever its peer sends before the server closes the
 * transport: scripts/worker/patches/12-ended-dtls.patch
 */
import t from 'tap'
import { mediaCodecs } from '../../media/codecs.ts'
import { openSocket, openWorker } from './bare-worker.ts'
import { bindingAttributes, bindingRequest, dtlsPackets } from './fuzz/packets.ts'
import { until } from './test-media.ts'

const ip = '127.0.0.1'

t.test('a connection that has failed does not start again when its peer takes part in ICE again', async t => {
  const router = await (await openWorker(t)).createRouter({ mediaCodecs })
  const transport = await router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip, port: 0 }] })
  const fingerprints = [{ algorithm: 'sha-256' as const, value: Array(32).fill('AB').join(':') }]
  await transport.connect({ dtlsParameters: { role: 'client', fingerprints } })
  const states: string[] = []
  transport.on('dtlsstatechange', state => states.push(state))
  const port = transport.iceCandidates[0]!.port
  const peer = await openSocket(t, ip)
  const takePart = (nominates: boolean) => {
    const { iceParameters } = transport
    peer.send(bindingRequest(iceParameters, bindingAttributes(iceParameters, nominates)), port, ip)
  }

  takePart(false)
  await until(() => states.includes('connecting'))
  // Data before the handshake.
  peer.send(dtlsPackets().at(-1)!, port, ip)
  await until(() => states.includes('failed'))
  takePart(true)
  await until(() => transport.iceState === 'completed')
  await transport.dump()
  t.same(states, ['connecting', 'failed'])
})
