import t from 'tap'
import { joinShow, goLive } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'

const line = 'x\r\na=candidate:1 1 udp 1 203.0.113.1 9 typ host'

t.test("what a speaker says of their sound writes no lines of its own into what listeners' browsers read", async t => {
  const { url } = await startApp(t)
  const { client, showId } = await goLive(url)
  const { client: listener } = await joinShow(url, showId)
  const { id: transportId } = await client.request('media:createTransport', { direction: 'send' })
  const described = (cname: string, parameters: object) => ({
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
  t.equal(await client.requestError('media:produce', described(line, {})), 'VALIDATION', 'as its name')
  t.equal(
    await client.requestError('media:produce', described('x', { useinbandfec: line })),
    'VALIDATION',
    'as a value'
  )
  t.equal(
    await client.requestError('media:produce', described('x', { [line]: 1 })),
    'VALIDATION',
    'as the name of a value'
  )
  const { producerId } = await client.request(
    'media:produce',
    described('{a name/of+browsers}', { 'x-note': 'a b=c;d' })
  )
  await listener.request('media:createTransport', { direction: 'recv' })
  const codecs = [
    { kind: 'audio' as const, mimeType: 'audio/opus', preferredPayloadType: 100, clockRate: 48_000, channels: 2 }
  ]
  t.match(
    await listener.request('media:consume', { producerId, rtpCapabilities: { codecs } }),
    { rtpParameters: { codecs: [{ parameters: { 'x-note': 'a b=c;d' } }], rtcp: { cname: '{a name/of+browsers}' } } },
    'for all of that goes on to them'
  )
})
