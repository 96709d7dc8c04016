import t from 'tap'
import { clientEvents } from '../../../contract/client-events.ts'
import { errorTable } from '../../../contract/errors.ts'
import { parseExposition, sampleValue, type Sample } from '../../prometheus-text.ts'
import { joinShow, goLive, grantFloor } from '../../users.ts'
import { startApp, until, type RealApp } from '../../realtime/real-app.ts'

const read = async ({ app }: RealApp): Promise<Sample[]> => parseExposition(await app.metrics.text())
const operations = ({ app }: RealApp): string[] => {
  const routes: string[] = []
  for (const [path, item] of Object.entries(app.swagger().paths ?? {})) {
    if (item) routes.push(path.replace(/\{(\w+)\}/g, ':$1'))
  }
  return routes
}

/** Everything a label may say. What is left to others: buckets, Node's own names, and what build_info tells. */
function vocabulary(real: RealApp): Record<string, ReadonlySet<string>> {
  const codes = Object.keys(errorTable)
  return {
    method: new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other']),
    route: new Set([...operations(real), '/metrics', 'web', 'unmatched']),
    status: new Set(['1xx', '2xx', '3xx', '4xx', '5xx', 'live', 'interrupted']),
    code: new Set(codes),
    outcome: new Set([...codes, 'ok', 'ready', 'again']),
    event: new Set([...Object.keys(clientEvents), 'unknown']),
    state: new Set(['granted', 'onStage', 'suspended']),
    worker: new Set(['0']),
    command: new Set([
      'find',
      'getMore',
      'insert',
      'update',
      'delete',
      'findAndModify',
      'count',
      'distinct',
      'aggregate',
      'createIndexes',
      'listIndexes',
      'ping',
      'other'
    ]),
    dependency: new Set(['mongodb', 'media', 'storage']),
    reason: new Set(['flooding', 'not_reading'])
  }
}

const random = <T>(choices: readonly T[]): T => choices[Math.floor(Math.random() * choices.length)]!
const noise = () => Math.random().toString(36).slice(2)

/**
 * Requests and commands of every kind, good and bad, full of ids and of what no server expects; resolves with the ids.
 */
async function randomLoad(real: RealApp, count: number): Promise<string[]> {
  const { url } = real
  const { creator, client, showId } = await goLive(url, `A show ${noise()}`)
  const { user, client: guest } = await joinShow(url, showId)
  const ids = [showId, creator.id, user.id, client.socket.id!, guest.socket.id!]
  const paths = [
    ...operations(real),
    '/metrics',
    '/nothing/:showId',
    '/assets/:showId.js',
    '/shows/:showId',
    '/:userId',
    '/v1/shows/:showId?q=x'
  ]
  // Whoever was sent away, or has deleted their account, would get no answer any more.
  const events = [
    ...Object.keys(clientEvents).filter(event => event !== 'member:remove' && event !== 'auth:refresh'),
    showId,
    `media:${showId}`,
    'constructor',
    '__proto__'
  ]
  for (let n = 0; n < count; n++) {
    const path = random(paths).replace(/:(\w+)/g, () => encodeURIComponent(random([...ids, noise()])))
    const method = random(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'])
    const sendsAway =
      path.includes('logout') || path.endsWith('/end') || (method === 'DELETE' && path === '/v1/users/me')
    if (!sendsAway) {
      await fetch(url + path, {
        method,
        headers: random([{}, { authorization: `Bearer ${user.token}` }]),
        redirect: 'manual'
      })
    }
    await random([client, guest]).requestRaw(
      random(events),
      random([
        {},
        { showId },
        { userId: creator.id },
        { requestId: noise() },
        { text: noise(), clientId: noise() },
        null
      ])
    )
  }
  client.disconnect()
  guest.disconnect()
  return ids
}

t.test(
  'no id and nothing a client chooses ever becomes a label, so that the number of series has a bound',
  { timeout: 80_000 },
  async t => {
    const real = await startApp(t, { LIMIT_EVENTS_PER_10S: '100000', LIMIT_MEDIA_EVENTS_PER_10S: '100000' })
    const ids = [...(await randomLoad(real, 250)), ...(await randomLoad(real, 250))]
    const samples = await read(real)
    const words = vocabulary(real)
    const known = new Set([
      'le',
      'quantile',
      'version',
      'node',
      'store',
      'major',
      'minor',
      'patch',
      'kind',
      'type',
      'space'
    ])
    for (const { name, labels } of samples) {
      for (const [label, value] of Object.entries(labels)) {
        if (name.startsWith('nodejs_') || known.has(label)) t.notOk(ids.includes(value))
        else if (!words[label]?.has(value)) t.fail(`${name}{${label}="${value}"}`)
      }
    }
    const seriesOf = (all: readonly Sample[]) => all.filter(({ name }) => name.startsWith('ambient_')).length
    t.comment(`${samples.length} series, ${seriesOf(samples)} of them ours`)
    t.ok(seriesOf(samples) < 5000, 'a server is a few thousand series at the very most')
  }
)

t.test('names follow Prometheus: ours begin with ambient_, units are base units, counters end in _total', async t => {
  const real = await startApp(t)
  const text = await real.app.metrics.text()
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    t.match(name, /^(ambient|process|nodejs)_[a-z0-9_]+$/)
    if (!name.startsWith('ambient_')) continue
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.notMatch(name, /_(ms|millis|milliseconds|kb|mb|percent)(_|$)/, name)
    if (type === 'histogram') t.match(name, /_(seconds|ratio)$/, name)
    t.match(text, new RegExp(`^# HELP ${name} [A-Z]|^# HELP ${name} \\d`, 'm'), `${name} says what it is`)
  }
})

t.test('a show is seen as it is', async t => {
  const real = await startApp(t)
  const before = await read(real)
  const { client, showId } = await goLive(real.url)
  const { client: guest } = await joinShow(real.url, showId)
  await guest.requestError('show:announce', { text: 'Hello' })
  await guest.requestError('no:such', {})
  await guest.request('speak:request', {})
  const asking = await read(real)
  const grew = (name: string, labels: Record<string, string> = {}) =>
    sampleValue(asking, name, labels) - sampleValue(before, name, labels)
  t.equal(grew('ambient_sockets'), 2)
  t.equal(grew('ambient_shows', { status: 'live' }), 1)
  t.equal(grew('ambient_stage_people', { state: 'granted' }), 1, 'the creator')
  t.equal(grew('ambient_speak_requests_waiting'), 1)
  t.equal(grew('ambient_listeners'), 1)
  t.equal(grew('ambient_realtime_handshakes_total', { outcome: 'ok' }), 2)
  t.equal(grew('ambient_realtime_command_duration_seconds_count', { event: 'show:join' }), 2)
  t.equal(grew('ambient_realtime_refusals_total', { event: 'show:announce', code: 'FORBIDDEN' }), 1)
  t.equal(grew('ambient_realtime_refusals_total', { event: 'unknown', code: 'UNKNOWN_EVENT' }), 1)
  t.equal(
    grew('ambient_http_request_duration_seconds_count', {
      route: '/v1/shows/:showId/start',
      method: 'POST',
      status: '2xx'
    }),
    1
  )
  t.ok(grew('ambient_store_command_duration_seconds_count', { command: 'insert' }) > 0)
  t.equal(sampleValue(asking, 'ambient_media_workers'), 1)
  t.equal(grew('ambient_media_worker_sessions', { worker: '0' }), 2)
  t.equal(sampleValue(asking, 'ambient_draining'), 0)
  for (const dependency of ['mongodb', 'media', 'storage']) {
    t.equal(sampleValue(asking, 'ambient_dependency_up', { dependency }), 1)
  }

  await grantFloor(client, guest)
  await until(async () => sampleValue(await read(real), 'ambient_stage_people', { state: 'granted' }) === 2)
  await fetch(`${real.url}/v1/users/nobody`)
  const refused = await read(real)
  t.equal(
    sampleValue(refused, 'ambient_http_refusals_total', { code: 'NOT_FOUND' }) -
      sampleValue(asking, 'ambient_http_refusals_total', { code: 'NOT_FOUND' }),
    1
  )
  client.disconnect()
  await until(async () => sampleValue(await read(real), 'ambient_shows', { status: 'interrupted' }) === 1)
  real.app.readiness.startDraining()
  t.equal(sampleValue(await read(real), 'ambient_draining'), 1)
})
