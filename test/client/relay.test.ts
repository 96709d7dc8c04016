import t from 'tap'
import { joinRoom, createTestClient } from './test-client.ts'

for (const iceTransportPolicy of ['relay', undefined] as const) {
  t.test(
    `media uses ${iceTransportPolicy === 'relay' ? 'only the relay when the app asks for it' : 'any path by default'}`,
    async t => {
      const client = await createTestClient(t, iceTransportPolicy && { iceTransportPolicy })
      const consumed = client.server.waitForCommand('media:resumeConsumer')
      await joinRoom(t, client)
      await consumed
      t.same(
        client.webRtc.transports.map(transport => transport.iceTransportPolicy),
        [iceTransportPolicy]
      )
    }
  )
}

t.test('an ICE restart uses the new credentials of the relay', async t => {
  const client = await createTestClient(t)
  const { server, webRtc } = client
  const iceServers = [{ urls: ['turn:relay.example.org'], username: '2:me', credential: 'new' }]
  const renewed = server.handlers['media:restartIce']
  server.handlers['media:restartIce'] = (payload, socket) => ({ ...renewed(payload, socket), iceServers })
  const consumed = server.waitForCommand('media:resumeConsumer')
  await joinRoom(t, client)
  await consumed
  const [made] = webRtc.transports
  const taken = new Promise(resolve => {
    made!.handler.updateIceServers = async servers => resolve(servers)
  })
  made!.handler.setConnectionState('disconnected')
  t.same(await taken, iceServers)
})

t.test('new credentials from the server are used by every open transport', async t => {
  const client = await createTestClient(t)
  const iceServers = [{ urls: ['turn:relay.example.org'], username: '3:me', credential: 'newer' }]
  const consumed = client.server.waitForCommand('media:resumeConsumer')
  await joinRoom(t, client)
  await consumed
  const taken = client.webRtc.transports.map(
    async ({ handler }) =>
      await new Promise(resolve => {
        handler.updateIceServers = async servers => resolve(servers)
      })
  )
  t.equal(taken.length, 1)
  client.server.emit('media:iceServers', { iceServers })
  t.same(await Promise.all(taken), [iceServers])
})
