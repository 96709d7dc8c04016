import t from 'tap'

import type { Config } from '../../../config/config.ts'
import type { ComposeProject } from '../../../scripts/check-compose/compose-project.ts'
import { mistakesOf } from '../../../scripts/check-compose/project.ts'

const config = { MEDIA_PORT: 40_000, MEDIA_WORKERS: 2, DRAIN_DEADLINE_MS: 30_000, PORT: 3000 } as Config
const configs = new Map([['ambient', config]])
const safe = { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] }
const media = [40_000, 40_001].flatMap(port =>
  ['udp', 'tcp'].map(protocol => ({ target: port, published: String(port), protocol }))
)
const ambient = { ...safe, image: 'ambient:local', build: {}, ports: media, stop_grace_period: '45s' }
const database = { ...safe, image: 'mongo:8.0', healthcheck: {} }

function mistakes(changes: Partial<ComposeProject['services'][string]>, ofDatabase = {}): string[] {
  return mistakesOf(
    { services: { ambient: { ...ambient, ...changes }, database: { ...database, ...ofDatabase } } },
    configs,
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
    mistakesOf({ services: { ambient: usual } }, configs, () => true),
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

t.test('a secret that is not a file cannot be put into a read-only service', async t => {
  const withSecret = (secret: { file?: string }) =>
    mistakesOf(
      { services: { ambient: { ...ambient, secrets: [{ source: 'password' }] } }, secrets: { password: secret } },
      configs,
      () => true
    )
  t.match(withSecret({}), [/ambient: .*password must be a file/])
  t.same(withSecret({ file: '/there' }), [])
})

/** A project of two nodes, with changes of the second one. */
function clusterMistakes(changes: Partial<ComposeProject['services'][string]> = {}, variables = {}): string[] {
  const shared = { REDIS_URL: 'redis://redis', STORAGE_URL: 'gridfs:', JWT_KEYS: 'first:1', TOKEN_KEYS: 'first:2' }
  const node = (place: number) => ({
    ...ambient,
    ports: media.map(({ target, protocol }) => ({
      target: target + 2 * place,
      published: String(target + 2 * place),
      protocol
    })),
    volumes: [{ type: 'volume', source: `data-${place}`, target: '/data' }],
    networks: { nodes: { ipv4_address: `10.0.0.${place}` } },
    environment: { ...shared, NODE_ID: `node-${place}`, CLUSTER_ADDRESS: `10.0.0.${place}` }
  })
  const second = node(1)
  return mistakesOf(
    {
      services: {
        ambient: node(0),
        'ambient-2': { ...second, environment: { ...second.environment, ...variables }, ...changes },
        nginx: {
          ...database,
          environment: { AMBIENT_UPSTREAMS: 'server 10.0.0.0:3000 max_fails=1; server 10.0.0.1:3000 max_fails=1;' }
        }
      }
    },
    new Map([
      ['ambient', config],
      ['ambient-2', { ...config, MEDIA_PORT: 40_002 }]
    ]),
    () => true
  )
}

t.test('two nodes share what is common, and nothing else', async t => {
  t.same(clusterMistakes(), [])
  t.match(clusterMistakes({}, { REDIS_URL: '' }), [/without REDIS_URL/, /REDIS_URL differs/])
  t.match(clusterMistakes({}, { JWT_KEYS: 'first:3' }), [/ambient-2: its JWT_KEYS differs/])
  t.match(clusterMistakes({}, { NODE_ID: 'node-0' }), [/two nodes are named node-0/])
  t.match(clusterMistakes({}, { CLUSTER_ADDRESS: '10.0.0.9' }), [
    /not one of its fixed/,
    /nginx: does not know ambient-2/
  ])
  t.match(clusterMistakes({ networks: { nodes: null } }), [/not one of its fixed/])
  t.match(clusterMistakes({ volumes: [{ type: 'volume', source: 'data-0', target: '/data' }] }), [
    /two nodes write to data-0/
  ])
  const taken = { target: 40_000, published: '40000', protocol: 'udp' }
  t.match(clusterMistakes({ ports: [...media.slice(4), taken] }).at(-1), /two nodes publish 40000\/udp/)
})
