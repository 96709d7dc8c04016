import type { AddressInfo } from 'node:net'
import { request } from 'node:http'
import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'

/** Sends a request with exactly these headers. */
async function send(
  port: number,
  headers: Record<string, string> = {},
  method = 'GET',
  path = '/metrics'
): Promise<{ status: number; text: string }> {
  return await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers }, async response => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, text })
    })
      .on('error', reject)
      .end()
  })
}

const portOf = (url: string) => Number(new URL(url).port)

for (const trust of ['off', 'on']) {
  t.test(
    `without METRICS_PORT, /metrics is for callers on this machine and not through a proxy: TRUST_PROXY ${trust}`,
    async t => {
      const { url } = await startApp(t, { TRUST_PROXY: trust })
      const port = portOf(url)
      const { status, text } = await send(port)
      t.equal(status, 200)
      t.match(text, /^ambient_build_info\{.*\} 1$/m)
      t.equal((await send(port, { host: 'localhost:3000' })).status, 200)
      const proxied: Record<string, string>[] = [
        { 'x-forwarded-for': '203.0.113.9' },
        { 'x-forwarded-for': '127.0.0.1' },
        { 'x-forwarded-for': '' },
        { 'x-forwarded-for': '127.0.0.1, 127.0.0.1' },
        { 'x-real-ip': '127.0.0.1' },
        { forwarded: 'for=127.0.0.1' },
        { via: '1.1 proxy' },
        { 'x-forwarded-proto': 'https' },
        { host: 'ambient.example' },
        { host: 'ambient_upstream' },
        { host: '127.0.0.1.evil.example' },
        { host: 'localhost.evil.example:80' }
      ]
      for (const headers of proxied) {
        const { status, text } = await send(port, headers)
        t.equal(status, 404, JSON.stringify(headers))
        t.notMatch(text, /ambient_/)
      }
      const hidden = JSON.parse((await send(port, { via: '1.1 proxy' })).text)
      t.strictSame(
        hidden,
        JSON.parse((await send(port, {}, 'GET', '/v1/nothing')).text),
        'the answer is that of an unknown address'
      )
    }
  )
}

const { app, url } = await startApp(t, { METRICS_PORT: '0' })
const { port, address } = app.metricsServer!.address() as AddressInfo

t.test('METRICS_PORT serves /metrics and nothing else, and the main port does not', async t => {
  t.equal((await send(portOf(url))).status, 404)
  t.equal(address, app.config.HOST)
  const { status, text } = await send(port, { 'x-forwarded-for': '203.0.113.9' })
  t.equal(status, 200, 'everybody who reaches the port may read it')
  t.match(text, /^ambient_build_info\{.*\} 1$/m)
  t.equal((await send(port, {}, 'HEAD')).status, 200)
  t.equal((await send(port, {}, 'POST')).status, 404)
  for (const path of ['/', '/v1/shows', '/metrics/', '/metricsx']) {
    t.equal((await send(port, {}, 'GET', path)).status, 404, path)
  }
})

t.test('a failed scrape is answered 500, and the next one succeeds', async t => {
  const { text } = app.metrics
  app.metrics.text = async () => {
    throw new Error('broken')
  }
  t.same(await send(port), { status: 500, text: '' })
  app.metrics.text = text
  t.equal((await send(port)).status, 200)
})

t.test('a METRICS_PORT that is in use is named in the error', async t => {
  await t.rejects(startApp(t, { METRICS_PORT: String(port) }), { message: new RegExp(`METRICS_PORT ${port} `) })
})
