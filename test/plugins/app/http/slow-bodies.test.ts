import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { signIn } from '../../../users.ts'
import { startApp } from '../../../realtime/real-app.ts'

const minuteMs = 60_000

/** A server whose minutes pass when the test says so, and a connection to it that sends what it is told. */
async function slowSender(t: Test) {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { app, url } = await startApp(t)
  const { token } = await signIn(url, 'Slow')
  const begun = async (head: string): Promise<Socket> => {
    const asked = once(app.server, 'request')
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    t.teardown(() => socket.destroy())
    socket.write(`${head}\r\nhost: x\r\nauthorization: Bearer ${token}\r\n`)
    socket.write('content-length: 1000\r\n\r\n')
    await asked
    return socket
  }
  return { app, begun }
}

t.test('a body that is held until it is whole has a minute, whoever sends it', async t => {
  const { begun } = await slowSender(t)
  const socket = await begun('POST /v1/auth/refresh HTTP/1.1\r\ncontent-type: application/json')
  socket.write('{"refreshToken":')
  mock.timers.tick(minuteMs)
  const answer = await text(socket)
  t.match(answer, /^HTTP\/1\.1 400 /)
  t.match(answer, 'did not arrive in time')
})

t.test('a file may take long, but not stand still for a minute', async t => {
  const { app, begun } = await slowSender(t)
  const form = '--x\r\ncontent-disposition: form-data; name="file"; filename="song.mp3"\r\n\r\n'
  const received = Promise.withResolvers<Socket>()
  app.server.once('connection', received.resolve)
  const socket = await begun('POST /v1/songs HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=x')
  const serverEnd = await received.promise
  let closed = false
  socket.once('close', () => {
    closed = true
  })
  for (const piece of [form, 'ID3', 'and', 'so', 'on']) {
    const before = serverEnd.bytesRead
    socket.write(piece)
    while (serverEnd.bytesRead === before) await new Promise(resolve => setImmediate(resolve))
    mock.timers.tick(minuteMs)
    await new Promise(resolve => setImmediate(resolve))
    t.notOk(closed || serverEnd.destroyed)
  }
  mock.timers.tick(minuteMs)
  t.match(await text(socket), 'did not arrive in time')
})
