import type { AddressInfo } from 'node:net'
import { request } from 'node:http'
import t from 'tap'
import { startApp } from '../../../realtime/real-app.ts'

/** GET /metrics as it stands on the wire. */
async function ask(
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
    `without a port of its own, who is on this machine reads it, and nobody through a proxy: TRUST_PROXY ${trust}`,
    async t => {
      const { url } = await startApp(t, { TRUST_PROXY: trust })
      const port = portOf(url)
      const { status, text } = await ask(port)
      t.equal(status, 200)
      t.match(text, /^ambient_build_info\{.*\} 1$/m)
      t.equal((await ask(port, { host: 'localhost:3000' })).status, 200)
      const fromOutside: Record<string, string>[] = [
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
      for (const headers of fromOutside) {
        const { status, text } = await ask(port, headers)
        t.equal(status, 404, JSON.stringify(headers))
        t.notMatch(text, /ambient_/)
      }
      const nothing = JSON.parse((await ask(port, { via: '1.1 proxy' })).text)
      t.strictSame(
        nothing,
        JSON.parse((await ask(port, {}, 'GET', '/v1/nothing')).text),
        'as if there were no such address'
      )
    }
  )
}

t.test('with a port of its own, it is there and nowhere else, and nothing else is there', async t => {
  const { app, url } = await startApp(t, { METRICS_PORT: '0' })
  t.equal((await ask(portOf(url))).status, 404)
  const { port, address } = app.metricsServer!.address() as AddressInfo
  t.equal(address, app.config.HOST)
  const { status, text } = await ask(port, { 'x-forwarded-for': '203.0.113.9' })
  t.equal(status, 200, 'whoever reaches the port may read it')
  t.match(text, /^ambient_build_info\{.*\} 1$/m)
  t.equal((await ask(port, {}, 'HEAD')).status, 200)
  t.equal((await ask(port, {}, 'POST')).status, 404)
  for (const path of ['/', '/v1/shows', '/metrics/', '/metricsx']) {
    t.equal((await ask(port, {}, 'GET', path)).status, 404, path)
  }
})

t.test("metrics that can't be read are told of by 500, and the next are answered", async t => {
  const { app } = await startApp(t, { METRICS_PORT: '0' })
  const { port } = app.metricsServer!.address() as AddressInfo
  const { text } = app.metrics
  app.metrics.text = async () => {
    throw new Error('broken')
  }
  t.same(await ask(port), { status: 500, text: '' })
  app.metrics.text = text
  t.equal((await ask(port)).status, 200)
})

t.test('a port that is taken is named', async t => {
  const { app } = await startApp(t, { METRICS_PORT: '0' })
  const { port } = app.metricsServer!.address() as AddressInfo
  await t.rejects(startApp(t, { METRICS_PORT: String(port) }), { message: new RegExp(`METRICS_PORT ${port} `) })
})
