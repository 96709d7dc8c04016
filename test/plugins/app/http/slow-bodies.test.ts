import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { signIn } from '../../../users.ts'
import { startApp } from '../../../realtime/real-app.ts'

const minuteMs = 60_000

/** Starts a server with a mocked clock, and returns a function that starts a request without its body. */
async function startWithMockClock(t: Test) {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { app, url } = await startApp(t)
  const { token } = await signIn(url, 'Slow')
  const startRequest = async (head: string): Promise<Socket> => {
    const received = once(app.server, 'request')
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    t.teardown(() => socket.destroy())
    socket.write(`${head}\r\nhost: x\r\nauthorization: Bearer ${token}\r\n`)
    socket.write('content-length: 1000\r\n\r\n')
    await received
    return socket
  }
  return { app, startRequest }
}

t.test('a body held in memory must arrive within a minute', async t => {
  const { startRequest } = await startWithMockClock(t)
  const socket = await startRequest('POST /v1/auth/refresh HTTP/1.1\r\ncontent-type: application/json')
  socket.write('{"refreshToken":')
  mock.timers.tick(minuteMs)
  const answer = await text(socket)
  t.match(answer, /^HTTP\/1\.1 400 /)
  t.match(answer, 'did not arrive in time')
})

t.test('a file may take longer, but must not stall for a minute', async t => {
  const { app, startRequest } = await startWithMockClock(t)
  const form = '--x\r\ncontent-disposition: form-data; name="file"; filename="song.mp3"\r\n\r\n'
  const received = Promise.withResolvers<Socket>()
  app.server.once('connection', received.resolve)
  const socket = await startRequest('POST /v1/songs HTTP/1.1\r\ncontent-type: multipart/form-data; boundary=x')
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
