import t from 'tap'
import { startNginx } from '../standins/nginx/start.ts'
import { startRecordingNode } from '../standins/nginx/recording-node.ts'
import { ask } from './asking.ts'

const nodes = await Promise.all([startRecordingNode(), startRecordingNode(), startRecordingNode()])
/** As an operator does who has a load balancer in front that names the client. */
const believeLoopback = 'set_real_ip_from 127.0.0.1;\nreal_ip_header X-Real-Client;\n'
const front = await startNginx({
  nodes: nodes.map(({ url }) => url),
  settings: { AMBIENT_SOCKETS_AT_ONCE: '1', AMBIENT_SOCKETS_PER_SECOND: '1', AMBIENT_SOCKETS_BURST: '1' },
  files: { 'real-ip.conf': believeLoopback }
})
t.teardown(async () => {
  await front.close()
  await Promise.all(nodes.map(async node => await node.close()))
})

/** Asks, and tells which node got it. */
async function goesTo(path: string, client = '203.0.113.5'): Promise<number> {
  const before = nodes.map(({ requests }) => requests.length)
  await ask(front.url + path, { headers: { 'x-real-client': client } })
  return nodes.findIndex(({ requests }, n) => requests.length > (before[n] ?? 0))
}

t.test("a show's sockets and requests meet at one node, whoever comes", async t => {
  const met = new Set<number>()
  for (let show = 0; show < 20; show++) {
    const node = await goesTo(`/v1/shows/show-${show}`)
    t.equal(await goesTo(`/v1/shows/show-${show}/comments?limit=5`, '198.51.100.9'), node)
    t.equal(await goesTo(`/socket.io/?EIO=4&transport=websocket&showId=show-${show}`, `203.0.113.${show}`), node)
    met.add(node)
  }
  t.equal(met.size, nodes.length, 'shows are spread over all nodes')
})

t.test('what names no show goes by its address', async t => {
  const met = new Set<number>()
  for (let last = 1; last < 20; last++) {
    const node = await goesTo('/v1/auth/token', `203.0.113.${last}`)
    t.equal(await goesTo('/v1/users/me', `203.0.113.${last}`), node)
    met.add(node)
  }
  t.equal(met.size, nodes.length)
})

t.test('a node that is gone leaves its shows to the others, and theirs where they are', async t => {
  const shows = Array.from({ length: 12 }, (_, n) => `/v1/shows/other-${n}`)
  const before = await Promise.all(shows.map(async () => 0))
  for (const [n, show] of shows.entries()) before[n] = await goesTo(show)
  await nodes[0]?.close()
  for (const [n, show] of shows.entries()) {
    const now = await goesTo(show)
    if (before[n] === 0) t.ok(now > 0, 'taken over')
    else t.equal(now, before[n])
  }
})

t.test('of IPv6 a whole network of 2^64 counts as one address, of IPv4 each by itself', async t => {
  const knock = async (client: string) =>
    (await ask(`${front.url}/socket.io/?EIO=4`, { headers: { 'x-real-client': client } })).status
  const fromOneNetwork = [
    await knock('2001:db8:0:1::1'),
    await knock('2001:db8:0:1:ffff::2'),
    await knock('2001:db8:0:1:0:a:b:c')
  ]
  t.equal(fromOneNetwork.at(-1), 429, 'the third from one network is one too many')
  t.equal(await knock('2001:db8:0:2::1'), 200, 'another network')
  t.equal(await knock('192.0.2.10'), 200)
  t.equal(await knock('192.0.2.11'), 200)
})
