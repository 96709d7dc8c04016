import t from 'tap'
import { clientEvents } from '../../../contract/client-events.ts'
import { errorTable } from '../../../contract/errors.ts'
import { parseExposition, sampleValue, type Sample } from '../../prometheus-text.ts'
import { joinShow, goLive, grantFloor } from '../../users.ts'
import { startApp, until, type RealApp } from '../../realtime/real-app.ts'

const readSamples = async ({ app }: RealApp): Promise<Sample[]> => parseExposition(await app.metrics.text())
const routesOf = ({ app }: RealApp): string[] => {
  const routes: string[] = []
  for (const [path, item] of Object.entries(app.swagger().paths ?? {})) {
    if (item) routes.push(path.replace(/\{(\w+)\}/g, ':$1'))
  }
  return routes
}

/** Returns the allowed values of labels. Buckets, default metrics of Node.js and build_info have other labels. */
function allowedLabels(real: RealApp): Record<string, ReadonlySet<string>> {
  const codes = Object.keys(errorTable)
  return {
    method: new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other']),
    route: new Set([...routesOf(real), '/metrics', 'web', 'unmatched']),
    status: new Set(['1xx', '2xx', '3xx', '4xx', '5xx', 'live', 'interrupted']),
    code: new Set(codes),
    outcome: new Set([...codes, 'ok', 'ready', 'again']),
    event: new Set([...Object.keys(clientEvents), 'unknown']),
    state: new Set(['granted', 'onStage', 'suspended']),
    worker: new Set(['0']),
    stream: new Set(['log', 'audience']),
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
    dependency: new Set(['mongodb', 'media', 'storage', 'push']),
    reason: new Set(['flooding', 'not_reading']),
    place: new Set(['home', 'followed']),
    way: new Set(['receiving', 'sending'])
  }
}

const pick = <T>(choices: readonly T[]): T => choices[Math.floor(Math.random() * choices.length)]!
const randomText = () => Math.random().toString(36).slice(2)

/** Sends random requests and commands, valid and invalid, with ids in every place. Returns the ids. */
async function sendRandomLoad(real: RealApp, count: number): Promise<string[]> {
  const { url } = real
  const { creator, client, showId } = await goLive(url, `A show ${randomText()}`)
  const { user, client: guest } = await joinShow(url, showId)
  const ids = [showId, creator.id, user.id, client.socket.id!, guest.socket.id!]
  const paths = [
    ...routesOf(real),
    '/metrics',
    '/nothing/:showId',
    '/assets/:showId.js',
    '/shows/:showId',
    '/:userId',
    '/v1/shows/:showId?q=x'
  ]
  // A disconnected or erased person would get no answers any more.
  const events = [
    ...Object.keys(clientEvents).filter(event => event !== 'member:remove' && event !== 'auth:refresh'),
    showId,
    `media:${showId}`,
    'constructor',
    '__proto__'
  ]
  for (let n = 0; n < count; n++) {
    const path = pick(paths).replace(/:(\w+)/g, () => encodeURIComponent(pick([...ids, randomText()])))
    const method = pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'])
    const endsSession =
      path.includes('logout') || path.endsWith('/end') || (method === 'DELETE' && path === '/v1/users/me')
    if (!endsSession) {
      await fetch(url + path, {
        method,
        headers: pick([{}, { authorization: `Bearer ${user.token}` }]),
        redirect: 'manual'
      })
    }
    await pick([client, guest]).requestRaw(
      pick(events),
      pick([
        {},
        { showId },
        { userId: creator.id },
        { requestId: randomText() },
        { text: randomText(), clientId: randomText() },
        null
      ])
    )
  }
  client.disconnect()
  guest.disconnect()
  return ids
}

t.test(
  'no id or text of a client becomes a label, so the number of series is bounded',
  { timeout: 80_000 },
  async t => {
    const real = await startApp(t, { LIMIT_EVENTS_PER_10S: '100000', LIMIT_MEDIA_EVENTS_PER_10S: '100000' })
    const ids = [...(await sendRandomLoad(real, 250)), ...(await sendRandomLoad(real, 250))]
    const samples = await readSamples(real)
    const allowed = allowedLabels(real)
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
        else if (!allowed[label]?.has(value)) t.fail(`${name}{${label}="${value}"}`)
      }
    }
    const seriesOf = (all: readonly Sample[]) => all.filter(({ name }) => name.startsWith('ambient_')).length
    t.comment(`${samples.length} series, ${seriesOf(samples)} of them ambient_`)
    t.ok(seriesOf(samples) < 5000, 'a server has at most a few thousand series')
  }
)

const real = await startApp(t)

t.test('names follow the rules of Prometheus: base units, counters end in _total', async t => {
  const text = await real.app.metrics.text()
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    t.match(name, /^(ambient|process|nodejs)_[a-z0-9_]+$/)
    if (!name.startsWith('ambient_')) continue
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.notMatch(name, /_(ms|millis|milliseconds|kb|mb|percent)(_|$)/, name)
    if (type === 'histogram') t.match(name, /_(seconds|ratio)$/, name)
    t.match(text, new RegExp(`^# HELP ${name} [A-Z]|^# HELP ${name} \\d`, 'm'), `${name} has a help text`)
  }
})

t.test('the metrics show the state of a live show', async t => {
  const before = await readSamples(real)
  const { client, showId } = await goLive(real.url)
  const { client: guest } = await joinShow(real.url, showId)
  await guest.requestError('show:announce', { text: 'Hello' })
  await guest.requestError('no:such', {})
  await guest.request('speak:request', {})
  const during = await readSamples(real)
  const increase = (name: string, labels: Record<string, string> = {}) =>
    sampleValue(during, name, labels) - sampleValue(before, name, labels)
  t.equal(increase('ambient_sockets'), 2)
  t.equal(increase('ambient_shows', { status: 'live' }), 1)
  t.equal(increase('ambient_stage_people', { state: 'granted' }), 1, 'the creator')
  t.equal(increase('ambient_speak_requests_waiting'), 1)
  t.equal(increase('ambient_listeners'), 1)
  t.equal(increase('ambient_realtime_handshakes_total', { outcome: 'ok' }), 2)
  t.equal(increase('ambient_realtime_command_duration_seconds_count', { event: 'show:join' }), 2)
  t.equal(increase('ambient_realtime_refusals_total', { event: 'show:announce', code: 'FORBIDDEN' }), 1)
  t.equal(increase('ambient_realtime_refusals_total', { event: 'unknown', code: 'UNKNOWN_EVENT' }), 1)
  t.equal(
    increase('ambient_http_request_duration_seconds_count', {
      route: '/v1/shows/:showId/start',
      method: 'POST',
      status: '2xx'
    }),
    1
  )
  t.ok(increase('ambient_store_command_duration_seconds_count', { command: 'insert' }) > 0)
  t.equal(sampleValue(during, 'ambient_media_workers'), 1)
  t.equal(increase('ambient_media_worker_sessions', { worker: '0' }), 2)
  t.equal(sampleValue(during, 'ambient_draining'), 0)
  for (const dependency of ['mongodb', 'media', 'storage']) {
    t.equal(sampleValue(during, 'ambient_dependency_up', { dependency }), 1)
  }

  await grantFloor(client, guest)
  await until(async () => sampleValue(await readSamples(real), 'ambient_stage_people', { state: 'granted' }) === 2)
  await fetch(`${real.url}/v1/users/nobody`)
  const after = await readSamples(real)
  t.equal(
    sampleValue(after, 'ambient_http_refusals_total', { code: 'NOT_FOUND' }) -
      sampleValue(during, 'ambient_http_refusals_total', { code: 'NOT_FOUND' }),
    1
  )
  client.disconnect()
  await until(async () => sampleValue(await readSamples(real), 'ambient_shows', { status: 'interrupted' }) === 1)
  real.app.readiness.startDraining()
  t.equal(sampleValue(await readSamples(real), 'ambient_draining'), 1)
})
