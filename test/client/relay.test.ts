import t from 'tap'
import { enter, visit } from './visitor.ts'

for (const iceTransportPolicy of ['relay', undefined] as const) {
  t.test(
    `an app ${iceTransportPolicy === 'relay' ? 'may keep media to the relay' : 'that says nothing lets media take any way'}`,
    async t => {
      const visitor = await visit(t, iceTransportPolicy && { iceTransportPolicy })
      const heard = visitor.server.untilAsked('media:resumeConsumer')
      await enter(t, visitor)
      await heard
      t.same(
        visitor.webRtc.made.map(transport => transport.iceTransportPolicy),
        [iceTransportPolicy]
      )
    }
  )
}

t.test("a path that is made anew goes by the relay's new credentials", async t => {
  const visitor = await visit(t)
  const { server, webRtc } = visitor
  const iceServers = [{ urls: ['turn:relay.example.org'], username: '2:me', credential: 'new' }]
  const renewed = server.answers['media:restartIce']
  server.answers['media:restartIce'] = (payload, socket) => ({ ...renewed(payload, socket), iceServers })
  const heard = server.untilAsked('media:resumeConsumer')
  await enter(t, visitor)
  await heard
  const [made] = webRtc.made
  const taken = new Promise(resolve => {
    made!.handler.updateIceServers = async servers => resolve(servers)
  })
  made!.handler.setConnectionState('disconnected')
  t.same(await taken, iceServers)
})
