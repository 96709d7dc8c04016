import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { signIn } from '../../../users.ts'
import { startApp } from '../../../realtime/real-app.ts'

const { url } = await startApp(t)

/** Offers an upgrade and returns the status line of the answer. */
async function offerUpgrade(path: string, upgrade: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n` +
      'sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n'
  )
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return bytes.toString().split('\r\n')[0] ?? ''
}

t.test('an offer of another protocol is answered in HTTP/1.1', async t => {
  t.equal(await offerUpgrade('/v1/shows', 'h2c'), 'HTTP/1.1 200 OK')
  t.equal(
    await offerUpgrade('/socket.io/?EIO=4&transport=websocket', 'h2c').then(line => line.slice(0, 12)),
    'HTTP/1.1 400'
  )
  t.equal(
    await offerUpgrade('/v1/users/me', 'websocket'),
    'HTTP/1.1 401 Unauthorized',
    'only the socket URL takes upgrades'
  )
})

t.test('the socket URL upgrades to a WebSocket', async t => {
  t.equal(await offerUpgrade('/socket.io/?EIO=4&transport=websocket', 'WebSocket'), 'HTTP/1.1 101 Switching Protocols')
  const seat = await (await signIn(url, 'Somebody')).connect()
  t.ok(seat.socket.connected)
  seat.disconnect()
})
