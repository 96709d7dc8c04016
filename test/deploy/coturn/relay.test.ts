import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { credentialLifetimeMs, iceServersFor } from '../../../media/ice-servers.ts'
import { joinShow, goLive } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'
import { openTurnClient } from './turn-client.ts'
import { startRelay } from '../../standins/coturn/start.ts'

const run = promisify(execFile)
const relay = await startRelay()
t.teardown(relay.close)
const { TURN_URLS, TURN_SECRET } = relay.settings

/** In place of a node: says what it hears. */
const echo = createSocket('udp4').bind(0, '0.0.0.0')
await once(echo, 'listening')
echo.on('message', (message, { port, address }) => echo.send(message, port, address))
t.teardown(() => echo.close())

const hourMs = 3_600_000
const credentials = (nowMs = Date.now(), secret = TURN_SECRET) =>
  iceServersFor('somebody', TURN_URLS.split(','), secret, nowMs)[0] ?? { urls: [] }

/** Sends a message through the relay by coturn's own client; what came of it. */
async function through(peer: string, { username = '', credential = '' } = credentials()): Promise<string> {
  const args = [
    '-p',
    String(relay.port),
    '-u',
    username,
    '-w',
    credential,
    '-e',
    peer,
    '-r',
    String(echo.address().port),
    '-n',
    '2',
    '-m',
    '1',
    '-c',
    '127.0.0.1'
  ]
  const { stdout, stderr } = await run('timeout', ['-s', 'KILL', '20', 'turnutils_uclient', ...args]).catch(
    (error: { stdout: string; stderr: string }) => error
  )
  return stdout + stderr
}

t.test('it relays to a node, by the credentials the server makes', async t => {
  t.match(await through('127.0.0.1'), /tot_recv_msgs=2/)
})

t.test("it relays to nobody else: not to a neighbour, not to the cloud's own address, not to the world", async t => {
  for (const peer of ['127.0.0.2', '10.0.0.1', '192.168.1.1', '169.254.169.254', '198.51.100.1']) {
    t.match(await through(peer), /403 \(Forbidden IP\)/, peer)
  }
})

t.test('credentials that are over, forged or of another secret open nothing', async t => {
  t.match(
    await through('127.0.0.1', credentials(Date.now() - credentialLifetimeMs - 1000)),
    /Cannot complete Allocation/
  )
  t.match(
    await through('127.0.0.1', credentials(Date.now() - credentialLifetimeMs + 60_000)),
    /tot_recv_msgs=2/,
    'to their last minute they are good'
  )
  t.match(
    await through('127.0.0.1', credentials(Date.now(), 'another-secret-0123456789')),
    /Cannot complete Allocation/
  )
  const { username = '', credential = '' } = credentials(Date.now() - 12 * hourMs)
  t.match(
    await through('127.0.0.1', {
      urls: [],
      username: username.replace(/^\d+/, String(Math.floor(Date.now() / 1000) + 3600)),
      credential
    }),
    /Cannot complete Allocation/
  )
})

t.test('the lifetime of credentials is one hour', async t => {
  t.equal(credentials(0).username, `${hourMs / 1000}:somebody`)
})

t.test('an allocation lasts ten minutes at most, and is refreshed after its credentials have expired', async t => {
  // They expire in two seconds.
  const client = await openTurnClient(relay.port, credentials(Date.now() - credentialLifetimeMs + 2000))
  t.teardown(client.close)
  t.same(await client.request('allocate', 3600), { error: null, lifetimeSeconds: 600 })
  await new Promise(resolve => setTimeout(resolve, 3500))
  // docs/operators/nginx-and-turn.md says so: a change here would be good news.
  t.same(await client.request('refresh', 3600), { error: null, lifetimeSeconds: 600 })
  const late = await openTurnClient(relay.port, credentials(Date.now() - credentialLifetimeMs - 2000))
  t.teardown(late.close)
  t.same(await late.request('allocate', 600), { error: 401, lifetimeSeconds: null })
})

t.test('clients get credentials with each transport, and new ones when its path is made anew', async t => {
  const { url } = await startApp(t, relay.settings)
  const { showId } = await goLive(url)
  const { user, client } = await joinShow(url, showId)
  const { id, iceServers } = await client.request('media:createTransport', { direction: 'recv' })
  t.match(iceServers, [{ urls: TURN_URLS.split(','), username: new RegExp(`^\\d+:${user.id}$`) }])
  const renewed = (await client.request('media:restartIce', { transportId: id })).iceServers
  t.equal(renewed[0]?.username?.split(':')[1], user.id)
  for (const servers of [iceServers, renewed]) t.match(await through('127.0.0.1', servers[0]), /tot_recv_msgs=2/)
})

t.test("what is rendered is for its owner's eyes, has a line for each node, and needs a secret", async t => {
  const folder = await mkdtemp(join(tmpdir(), 'ambient-turn-'))
  t.teardown(async () => await rm(folder, { recursive: true }))
  const file = join(folder, 'turnserver.conf')
  const render = async (env: Record<string, string>) =>
    await run(join(import.meta.dirname, '..', '..', '..', 'deploy', 'coturn', 'render.sh'), [file], {
      env: { PATH: process.env.PATH, ...env }
    })
  await t.rejects(render({}), /TURN_SECRET/)
  await render({ TURN_SECRET, COTURN_NODES: '198.51.100.7 198.51.100.8-198.51.100.12' })
  const text = await readFile(file, 'utf8')
  t.match(text, 'allowed-peer-ip=198.51.100.7\nallowed-peer-ip=198.51.100.8-198.51.100.12\n')
  t.notMatch(text, /^(cert|external-ip)=/m, 'what is empty is left out')
  t.equal((await stat(file)).mode & 0o077, 0)
})

t.test('one person does not get all there is', async t => {
  const narrow = await startRelay({ settings: { COTURN_MIN_PORT: '48000', COTURN_MAX_PORT: '48300' } })
  t.teardown(narrow.close)
  const { username = '', credential = '' } = credentials()
  const { stdout, stderr } = await run('timeout', [
    '-s',
    'KILL',
    '30',
    'turnutils_uclient',
    '-p',
    String(narrow.port),
    '-u',
    username,
    '-w',
    credential,
    '-e',
    '127.0.0.1',
    '-n',
    '1',
    '-m',
    '40',
    '-c',
    '127.0.0.1'
  ]).catch((error: { stdout: string; stderr: string }) => error)
  t.match(stdout + stderr, /486 \(Allocation Quota Reached\)/)
})
