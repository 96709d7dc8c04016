import t from 'tap'
import { goLive } from '../users.ts'
import { startApp } from './real-app.ts'

const { url } = await startApp(t)

t.test('a host starts the recording at most six times a minute, over all sockets, and can always stop it', async t => {
  const { creator, client } = await goLive(url)
  const { client: otherHost, showId: otherShowId } = await goLive(url)
  const other = await creator.connect()
  await other.join(otherShowId)
  for (let n = 0; n < 6; n++) {
    await client.request('recording:set', { on: true })
    await client.request('recording:set', { on: false })
  }
  for (const socket of [client, other]) {
    t.match(await socket.requestRaw('recording:set', { on: true }), {
      ok: false,
      error: { code: 'RATE_LIMITED', message: /started the recording too often/ }
    })
  }
  for (let n = 0; n < 80; n++) {
    t.match(await client.requestRaw('recording:set', { on: false }), { ok: true }, 'above the limit of the socket')
  }
  t.equal(client.roomEvents.filter(({ event }) => event.type === 'recording:started').length, 6)
  t.equal(await client.requestError('show:resync', {}), 'RATE_LIMITED', 'other events keep that limit')
  for (const socket of [client, other, otherHost]) socket.disconnect()
})
