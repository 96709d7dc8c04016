import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'

t.test('without PUBLIC_URL the public URL is the listen address, or loopback for all addresses', async t => {
  for (const HOST of ['127.0.0.1', '0.0.0.0']) {
    const { app, url } = await startApp(t, { HOST, MEDIA_ANNOUNCED_ADDRESS: '127.0.0.1' })
    t.equal(app.publicUrl(), url, HOST)
    t.equal((await fetch(`${app.publicUrl()}/healthz`)).status, 200)
  }
})

t.test('PUBLIC_URL is used without its trailing slash', async t => {
  const { app } = await startApp(t, { PUBLIC_URL: 'https://shows.example/' })
  t.equal(app.publicUrl(), 'https://shows.example')
})
