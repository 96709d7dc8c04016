import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'

t.test('without a setting it is where the server listens; where that is everywhere, this machine', async t => {
  for (const HOST of ['127.0.0.1', '0.0.0.0']) {
    const { app, url } = await startApp(t, { HOST })
    t.equal(app.publicUrl(), url, HOST)
    t.equal((await fetch(`${app.publicUrl()}/healthz`)).status, 200)
  }
})

t.test('else it is the setting, without a slash at its end', async t => {
  const { app } = await startApp(t, { PUBLIC_URL: 'https://shows.example/' })
  t.equal(app.publicUrl(), 'https://shows.example')
})
