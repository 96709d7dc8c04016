import { createServer } from 'node:http'
import { once } from 'node:events'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startNginx } from '../standins/nginx/start.ts'
import { startRecordingNode } from '../standins/nginx/recording-node.ts'
import { ask } from './asking.ts'

t.test('listeners of HLS share one request of each playlist and part', async t => {
  const node = await startRecordingNode()
  const front = await startNginx({ nodes: [node.url] })
  t.teardown(async () => {
    await front.close()
    await node.close()
  })
  node.answer = ({ url }) => ({
    headers: {
      'content-type': url.includes('.m3u8') ? 'application/vnd.apple.mpegurl' : 'audio/mp4',
      'cache-control': url.includes('.m3u8') ? 'public, max-age=1' : 'public, max-age=60, immutable'
    },
    body: url
  })
  const askAll = async (path: string) =>
    await Promise.all(Array.from({ length: 10 }, async () => await ask(front.url + path)))
  const requestsOf = (path: string) => node.requests.filter(({ url }) => url === path).length

  for (const path of [
    '/live/a-show/hls/audio.m3u8?_HLS_msn=5&_HLS_part=1',
    '/live/a-show/hls/audio.m3u8?_HLS_msn=5&_HLS_part=2',
    '/live/a-show/hls/run-5-1.m4s',
    '/live/other/hls/run-5-1.m4s'
  ]) {
    const answers = await askAll(path)
    t.same(new Set(answers.map(({ body }) => body)), new Set([path]), 'each gets what they asked for')
    t.equal(requestsOf(path), 1, path)
  }
  node.answer = () => ({ status: 404, headers: { 'content-type': 'application/json' }, body: '{}' })
  await ask(`${front.url}/live/a-show/hls/none.m4s`)
  await ask(`${front.url}/live/a-show/hls/none.m4s`)
  t.equal(requestsOf('/live/a-show/hls/none.m4s'), 2, 'an error is not kept')
})

t.test('a stream passes through at once, is not stored, and has limits of its own', async t => {
  const node = createServer(({ url }, response) => {
    if (url === '/v1/shows') return response.end('shows')
    response.removeHeader('transfer-encoding')
    response.shouldKeepAlive = false
    response.writeHead(200, { 'content-type': 'audio/mpeg', 'cache-control': 'no-store' })
    response.write('first')
  })
  node.listen(0, '127.0.0.1')
  await once(node, 'listening')
  const front = await startNginx({
    nodes: [`http://127.0.0.1:${(node.address() as AddressInfo).port}`],
    settings: { AMBIENT_STREAMS_AT_ONCE: '1', AMBIENT_REQUESTS_AT_ONCE: '1' }
  })
  t.teardown(async () => {
    await front.close()
    node.closeAllConnections()
    node.close()
  })
  const asked = request(`${front.url}/live/a-show.mp3`, { agent: false })
  asked.on('error', () => {})
  asked.end()
  const [response] = await once(asked, 'response')
  const [chunk] = await once(response, 'data')
  t.equal(String(chunk), 'first', 'before the stream has ended')
  t.equal(response.headers['content-type'], 'audio/mpeg')
  const other = await ask(`${front.url}/live/other.mp3`)
  t.match([other.status, other.body], [429, /"code":"RATE_LIMITED"/])
  t.equal((await ask(`${front.url}/v1/shows`)).body, 'shows', 'a radio does not use up the limit of requests')
  asked.destroy()
})

t.test('the streams of a show come from the node that has it', async t => {
  const nodes = await Promise.all([startRecordingNode(), startRecordingNode(), startRecordingNode()])
  const front = await startNginx({ nodes: nodes.map(({ url }) => url) })
  t.teardown(async () => {
    await front.close()
    await Promise.all(nodes.map(async node => await node.close()))
  })
  for (let n = 0; n < 10; n++) {
    const paths = [`/v1/shows/s${n}`, `/live/s${n}.mp3`, `/live/s${n}/hls/index.m3u8`]
    for (const path of paths) await ask(front.url + path)
    const reached = nodes.filter(({ requests }) => requests.some(({ url }) => paths.includes(url)))
    t.equal(reached.length, 1)
  }
})
