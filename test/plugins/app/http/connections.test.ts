import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'

t.test('a connection that never asked for anything does not keep a stopping server', async t => {
  const { app, url } = await startApp(t)
  // Node.js would end it by itself after a minute; then this test would show nothing.
  app.server.headersTimeout = 0
  app.server.requestTimeout = 0
  const unused = connect(Number(new URL(url).port), '127.0.0.1')
  await once(unused, 'connect')
  await (await fetch(`${url}/healthz`)).text()
  const gone = once(unused, 'close')
  await app.close()
  await gone
  t.pass('it stopped')
})

t.test(
  'who asks on a connection that is in use while the server closes is answered UNAVAILABLE, in the words of the contract',
  async t => {
    const { app, url } = await startApp(t)
    const asked = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    app.readiness.add('held', async () => {
      asked.resolve()
      await held.promise
    })
    const kept = connect(Number(new URL(url).port), '127.0.0.1')
    kept.write('GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n')
    await asked.promise
    const closing = app.close()
    const second = once(app.server, 'request')
    kept.write('GET /v1/shows HTTP/1.1\r\nHost: x\r\n\r\n')
    await second
    held.resolve()
    const [first = '', refused = ''] = (await text(kept)).split(/(?<=\})(?=HTTP)/)
    t.match(first, /^HTTP\/1\.1 \d{3}/, 'what was under way is answered')
    t.match(refused, /^HTTP\/1\.1 503[^]*"code":"UNAVAILABLE"/)
    t.match(refused, /retry-after: 1\r\n/i)
    t.match(refused, /connection: close/i)
    await closing
  }
)
