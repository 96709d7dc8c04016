import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { startApp } from '../../realtime/real-app.ts'

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
