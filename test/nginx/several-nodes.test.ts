import t from 'tap'
import { createAmbient } from '../../client/index.ts'
import type { Show } from '../../contract/shows.ts'
import { createFakeWebRtc } from '../client/fake-audio.ts'
import { waitForView } from '../client/test-client.ts'
import { startRealNodes } from '../realtime/cluster/real-nodes.ts'
import { until } from '../realtime/real-app.ts'
import type { ServerProcess } from '../server-process.ts'
import { prepareNginx } from '../standins/nginx/start.ts'
import { signIn } from '../users.ts'

t.setTimeout(120_000)

const front = await prepareNginx()
const { nodes } = await startRealNodes(t, {
  settings: { PUBLIC_URL: front.url, TRUST_PROXY: 'on', LIMIT_SOCKETS: '3', LOG_LEVEL: 'silent' }
})
t.teardown(front.close)
await front.configure({
  settings: {
    AMBIENT_UPSTREAMS: nodes.map(({ url }) => `server ${new URL(url).host} max_fails=0;`).join(' ')
  }
})
await front.authority.trustInThisProcess()
await front.start()

const creator = await signIn(front.url, 'Creator')
const show = await creator.rest<Show>('POST', '/v1/shows', { title: 'Through NGINX', visibility: 'public' })
await creator.rest('POST', `/v1/shows/${show.id}/start`)

async function socketsOf(node: ServerProcess): Promise<number> {
  const metrics = await fetch(`${node.url}/metrics`).then(
    async response => await response.text(),
    () => ''
  )
  return Number(/^ambient_sockets (\d+)/m.exec(metrics)?.[1] ?? 0)
}

/** Joins through NGINX with the SDK, which names the show in the address of its socket. */
async function join(name: string) {
  const ambient = createAmbient({ url: front.url, handlerFactory: createFakeWebRtc().handlerFactory })
  await ambient.account.signIn(name)
  const room = ambient.joinShow(show.id)
  t.teardown(async () => await room.leave())
  await waitForView(room, ({ connection }) => connection === 'live')
  return room
}

const rooms = [await join('First')]
const own = (await socketsOf(nodes[0]!)) === 1 ? nodes[0]! : nodes[1]!
const other = own === nodes[0] ? nodes[1]! : nodes[0]!

t.test('members of a show go to one node until it is full, and then to the other', async t => {
  rooms.push(await join('Second'), await join('Third'))
  t.same([await socketsOf(own), await socketsOf(other)], [3, 0])
  const fourth = await join('Fourth')
  t.same([await socketsOf(own), await socketsOf(other)], [3, 1])
  await waitForView(fourth, ({ room }) => room?.showId === show.id)
  for (let time = 0; time < 4; time++) {
    t.equal((await fetch(`${front.url}/v1/shows/${show.id}`)).status, 200, 'REST is not affected')
  }
  const logs = (await front.readLogs()).access.trim().split('\n')
  const restNodes = logs.filter(line => line.includes(`/v1/shows/${show.id}"`)).map(line => JSON.parse(line).node)
  t.same(new Set(restNodes), new Set([new URL(own.url).host]), 'and still goes to the node that is full')
  await fourth.leave()
  await until(async () => (await socketsOf(other)) === 0)
})

t.test('when both are full, the answer of the node is passed on', async t => {
  const others = await Promise.all(['A', 'B', 'C'].map(join))
  const answer = await fetch(`${front.url}/socket.io/?EIO=4&transport=polling&showId=${show.id}`)
  t.equal(answer.status, 503)
  t.match(answer.headers.get('retry-after'), /^\d+$/)
  t.match(await answer.json(), { statusCode: 503, code: 'UNAVAILABLE', retryAfterMs: 5000 })
  t.equal((await fetch(`${front.url}/v1/shows/${show.id}`)).status, 200, 'REST goes on')
  await Promise.all(others.map(async room => await room.leave()))
  await until(async () => (await socketsOf(other)) === 0)
})

t.test('a draining node: its members and new ones go to the other', async t => {
  for (const room of rooms.splice(1)) await room.leave()
  await until(async () => (await socketsOf(own)) === 1)
  const exit = own.stop('SIGTERM')
  await until(async () => (await fetch(`${own.url}/readyz`).catch(() => null))?.status !== 200)
  const latecomer = await join('Latecomer')
  t.equal(await socketsOf(other), 1, 'the new one is at the other node')
  t.equal(await exit, 0)
  await waitForView(rooms[0]!, ({ connection }) => connection === 'live')
  t.equal(await socketsOf(other), 2)
  await latecomer.leave()
})

t.test('a killed node: its members go to the other', async t => {
  await own.restart()
  const member = await join('At the first node')
  const others = await Promise.all([join('And another'), join('And a third')])
  t.equal(await socketsOf(own), 3, 'all go to the node that is back')
  await Promise.all(others.map(async room => await room.leave()))
  await until(async () => (await socketsOf(own)) === 1)
  await own.stop('SIGKILL')
  await waitForView(member, ({ connection }) => connection === 'reconnecting')
  await waitForView(member, ({ connection }) => connection === 'live')
  t.equal(await socketsOf(other), 2)
  t.equal((await fetch(`${front.url}/v1/shows/${show.id}`)).status, 200)
})
