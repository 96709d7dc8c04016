import t from 'tap'

import type { Config } from '../../../config/config.ts'
import { mistakesOf, type ComposeProject } from '../../../scripts/check-compose/project.ts'

const config = { MEDIA_PORT: 40_000, MEDIA_WORKERS: 2, DRAIN_DEADLINE_MS: 30_000 } as Config
const safe = { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }
const media = [40_000, 40_001].flatMap(port =>
  ['udp', 'tcp'].map(protocol => ({ target: port, published: String(port), protocol }))
)
const ambient = { ...safe, image: 'ambient:local', build: {}, ports: media, stop_grace_period: '45s' }
const database = { ...safe, image: 'mongo:8.0', healthcheck: {} }

function mistakes(changes: Partial<ComposeProject['services'][string]>, ofDatabase = {}): string[] {
  return mistakesOf(
    { services: { ambient: { ...ambient, ...changes }, database: { ...database, ...ofDatabase } } },
    config,
    path => path === '/there'
  )
}

t.test('a valid project has no mistakes', async t => {
  t.same(mistakes({}), [])
  t.same(mistakes({ stop_grace_period: '1m0s' }), [])
  t.same(
    mistakes(
      {},
      {
        volumes: [
          { type: 'bind', source: '/there', target: '/x', read_only: true },
          { type: 'volume', source: 'data', target: '/data' }
        ]
      }
    ),
    []
  )
})

t.test('ports that differ from those of the workers are mistakes', async t => {
  t.match(mistakes({ ports: media.slice(1) }), [/40000\/udp.*not published/])
  t.match(mistakes({ ports: [...media, { target: 40_002, published: '40002', protocol: 'udp' }] }), [
    /40002\/udp is not a media/
  ])
  t.match(mistakes({ ports: media.map(port => ({ ...port, published: '50000' })) }), [
    /another published number/,
    /another published number/,
    /another published number/,
    /another published number/
  ])
})

t.test('a grace period shorter than the drain deadline is a mistake', async t => {
  t.match(mistakes({ stop_grace_period: '30s' }), [/killed after 30s/])
  const { stop_grace_period: grace, ...usual } = ambient
  t.ok(grace)
  t.match(
    mistakesOf({ services: { ambient: usual } }, config, () => true),
    [/killed after 10s/]
  )
})

t.test('missing security settings are mistakes', async t => {
  t.match(mistakes({}, { image: 'mongo' }), [/names no version/])
  t.match(mistakes({}, { image: 'mongo:latest' }), [/names no version/])
  t.match(mistakes({}, { healthcheck: undefined }), [/no health check/])
  t.match(mistakes({}, { read_only: undefined }), [/is writable/])
  t.match(mistakes({}, { cap_drop: ['NET_RAW'] }), [/keeps capabilities/])
  t.match(mistakes({}, { security_opt: [] }), [/privileges/])
  t.match(mistakes({}, { volumes: [{ type: 'bind', source: '/there', target: '/x' }] }), [/may write to \/x/])
  t.match(mistakes({}, { volumes: [{ type: 'bind', source: '/gone', target: '/x', read_only: true }] }), [
    /there is no \/gone/
  ])
})
