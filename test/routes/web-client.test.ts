import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import { startApp } from '../realtime/real-app.ts'

const { url } = await startApp(t, { LIMIT_REST_PER_MINUTE: '20' })

/** Requests a path without the decompression of `fetch`. */
async function get(path: string, headers: Record<string, string> = {}) {
  return await new Promise<{ status: number; headers: Record<string, unknown>; bytes: Buffer }>((resolve, reject) => {
    request(url + path, { headers }, answer => {
      buffer(answer).then(bytes => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes }), reject)
    })
      .on('error', reject)
      .end()
  })
}

const page = String((await get('/')).bytes)
const script = /\/assets\/index-[\w-]+\.js/.exec(page)?.[0] ?? 'no script'

t.test('scripts and styles are sent as the build compressed them', async t => {
  const style = /\/assets\/index-[\w-]+\.css/.exec(page)?.[0] ?? 'no style'
  for (const [path, type] of [
    [script, 'application/javascript; charset=utf-8'],
    [style, 'text/css; charset=utf-8']
  ] as const) {
    const plain = await get(path)
    t.match(plain, { status: 200, headers: { 'content-type': type, 'content-encoding': undefined } }, path)
    for (const [encoding, decompress] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync]
    ] as const) {
      const { headers, bytes } = await get(path, { 'accept-encoding': encoding })
      t.match(headers, {
        'content-encoding': encoding,
        'content-type': type,
        vary: /accept-encoding/,
        'cache-control': 'public, max-age=31536000, immutable'
      })
      t.ok(bytes.length < plain.bytes.length / 2, `${bytes.length} of ${plain.bytes.length} bytes`)
      t.ok(decompress(bytes).equals(plain.bytes), encoding)
    }
    t.equal((await get(path, { 'accept-encoding': 'zstd' })).headers['content-encoding'], undefined)
    t.equal((await get(`${path}.br`)).status, 404, 'a compressed file has no address of its own')
  }
})

t.test('the first script has at most 130 KiB', async t => {
  const { bytes } = await get(script, { 'accept-encoding': 'br' })
  t.ok(bytes.length <= 130 * 1024, `${bytes.length} bytes`)
})

t.test('files that the web client does not have are not answered with its page', async t => {
  const robots = await get('/robots.txt')
  t.match(robots, { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } })
  t.match(String(robots.bytes), /^User-agent: \*$/m)
  for (const path of ['/favicon.ico', '/sitemap.xml', '/apple-touch-icon.png', '/.well-known/security.txt']) {
    const { status, headers } = await get(path, { accept: '*/*' })
    t.match({ status, type: headers['content-type'] }, { status: 404, type: /json/ }, path)
  }
  for (const path of ['/', '/shows/some-show', '/sign-in?code=a.b']) {
    t.match(await get(path), { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } }, path)
  }
})

t.test('a crowd behind one address can load the page', async t => {
  const statuses = new Set<number>()
  for (let n = 0; n < 60; n++) statuses.add((await get(script)).status)
  t.same([...statuses], [200])
})
