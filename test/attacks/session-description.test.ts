import t from 'tap'
import { joinShow, goLive } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'

const line = 'x\r\na=candidate:1 1 udp 1 203.0.113.1 9 typ host'

t.test("a speaker's RTP parameters can't add lines to the session descriptions of listeners", async t => {
  const { url } = await startApp(t)
  const { client, showId } = await goLive(url)
  const { client: listener } = await joinShow(url, showId)
  const { id: transportId } = await client.request('media:createTransport', { direction: 'send' })
  const produceWith = (cname: string, parameters: object) => ({
    transportId,
    kind: 'audio' as const,
    rtpParameters: {
      codecs: [
        { mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2, parameters: { ...parameters } }
      ],
      encodings: [{ ssrc: 1 }],
      rtcp: { cname }
    }
  })
  t.equal(await client.requestError('media:produce', produceWith(line, {})), 'VALIDATION', 'in the cname')
  t.equal(
    await client.requestError('media:produce', produceWith('x', { useinbandfec: line })),
    'VALIDATION',
    'in the value of a parameter'
  )
  t.equal(
    await client.requestError('media:produce', produceWith('x', { [line]: 1 })),
    'VALIDATION',
    'in the name of a parameter'
  )
  const { producerId } = await client.request(
    'media:produce',
    produceWith('{a name/of+browsers}', { 'x-note': 'a b=c;d' })
  )
  await listener.request('media:createTransport', { direction: 'recv' })
  const codecs = [
    { kind: 'audio' as const, mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 }
  ]
  t.match(
    await listener.request('media:consume', { producerId, rtpCapabilities: { codecs } }),
    { rtpParameters: { codecs: [{ parameters: { 'x-note': 'a b=c;d' } }], rtcp: { cname: '{a name/of+browsers}' } } },
    'valid values are passed on to listeners'
  )
})
