import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'

t.test('a connection without a request does not delay shutdown', async t => {
  const { app, url } = await startApp(t)
  // Node.js would close it after a minute, and the test would prove nothing.
  app.server.headersTimeout = 0
  app.server.requestTimeout = 0
  const unused = connect(Number(new URL(url).port), '127.0.0.1')
  await once(unused, 'connect')
  await (await fetch(`${url}/healthz`)).text()
  const closed = once(unused, 'close')
  await app.close()
  await closed
  t.pass('the server has stopped')
})

t.test('a request on a kept-alive connection of a closing server is answered UNAVAILABLE', async t => {
  const { app, url } = await startApp(t)
  const checking = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  app.readiness.add('held', async () => {
    checking.resolve()
    await held.promise
  })
  const kept = connect(Number(new URL(url).port), '127.0.0.1')
  kept.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n')
  await checking.promise
  const closing = app.close()
  const second = once(app.server, 'request')
  kept.write('GET /v1/shows HTTP/1.1\r\nHost: x\r\n\r\n')
  await second
  held.resolve()
  const [first = '', refused = ''] = (await text(kept)).split(/(?<=\})(?=HTTP)/)
  t.match(first, /^HTTP\/1\.1 \d{3}/, 'the request in progress is answered')
  t.match(refused, /^HTTP\/1\.1 503[^]*"code":"UNAVAILABLE"/)
  t.match(refused, /retry-after: 1\r\n/i)
  t.match(refused, /connection: close/i)
  await closing
})
