import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig, loadDataConfig } from '../../config/config.ts'
import { Settings } from '../../config/settings.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'ambient-config-'))
const secret = (letter: string) => letter.repeat(32)
/** The settings that all nodes of a cluster share. */
const shared = {
  MONGODB_URL: 'mongodb://a.example/ambient',
  JWT_KEYS: `a:${secret('a')}`,
  TOKEN_KEYS: `a:${secret('b')}`,
  STORAGE_URL: 'gridfs:'
}

function mistakesOf(env: Record<string, string>): string[] {
  try {
    loadConfig({ DATA_DIR: folder(), ...env })
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').slice(1)
    throw error
  }
  return []
}

t.test('every setting has a default that works on a laptop', async t => {
  const DATA_DIR = folder()
  const config = loadConfig({ DATA_DIR })
  t.match(config, {
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: 3000,
    MEDIA_PORT: 40000,
    AUTH_DEV_LOGIN: true,
    AUTH_GUESTS: true,
    CREATOR_GRACE_MS: 120000,
    ACCESS_TOKEN_TTL_MS: 900000,
    STORAGE_URL: `file://${DATA_DIR}/storage`,
    CORS_ORIGINS: [],
    LOG_LEVEL: 'info'
  })
  for (const name of ['jwt-keys', 'token-keys', 'push-vapid-key']) {
    t.equal(statSync(join(DATA_DIR, name)).mode & 0o777, 0o600, `${name} is readable by the owner only`)
  }
  t.same(loadConfig({ DATA_DIR }).JWT_KEYS, config.JWT_KEYS, 'a generated key is kept')
  t.notSame(config.JWT_KEYS, config.TOKEN_KEYS)
  t.same(loadConfig({ DATA_DIR }).PUSH_VAPID_KEY, config.PUSH_VAPID_KEY, 'a generated key for push is kept')
  t.same(loadConfig({ DATA_DIR, PORT: '' }).PORT, 3000, 'an empty setting is unset')
})

t.test('values are converted to their types', async t => {
  const config = loadConfig({
    DATA_DIR: folder(),
    PORT: '0',
    AUTH_GUESTS: 'on',
    TRUST_PROXY: 'TRUE',
    AUTH_DEV_LOGIN: '0',
    JWT_KEYS: `new:${secret('a')},old:${secret('b')}`,
    CORS_ORIGINS: 'https://a.example, http://b.example:8080',
    REDIRECT_URIS: 'ambient://sign-in,https://a.example/sign-in'
  })
  t.match(config, { PORT: 0, AUTH_GUESTS: true, TRUST_PROXY: true, AUTH_DEV_LOGIN: false })
  t.same(config.JWT_KEYS, [
    { kid: 'new', secret: secret('a') },
    { kid: 'old', secret: secret('b') }
  ])
  t.same(config.CORS_ORIGINS, ['https://a.example', 'http://b.example:8080'])
  t.same(config.REDIRECT_URIS, ['ambient://sign-in', 'https://a.example/sign-in'])
})

t.test('all mistakes are reported at once, with the valid values', async t => {
  const mistakes = mistakesOf({
    PORT: 'eighty',
    LOG_LEVEL: 'loud',
    LIMIT_QUEUE: '0',
    AUTH_GUESTS: 'maybe',
    MEDIA_LISTEN_IP: 'here',
    MEDIA_PROT: '1',
    SONG_SIZE: '1',
    COMMENT_LINK: 'nobody',
    TURN_URLS: 'turn:a.example'
  })
  t.same(mistakes, [
    '  - MEDIA_PROT is not a setting; did you mean MEDIA_PORT?',
    '  - SONG_SIZE is not a setting',
    '  - COMMENT_LINK is not a setting; did you mean COMMENT_LINKS?',
    '  - PORT is "eighty": it must be a whole number from 0 to 65535 (port of HTTP and Socket.io; 0 picks a free port)',
    '  - AUTH_GUESTS is "maybe": it must be on or off (or true or false, 1 or 0) (allow listening without an account; unset: on in development)',
    '  - MEDIA_LISTEN_IP is "here": it must be an IP address (IP address on which media listens, UDP and TCP)',
    '  - LOG_LEVEL is "loud": it must be one of fatal, error, warn, info, debug, trace, silent (minimum level of log lines, a level of pino)',
    '  - LIMIT_QUEUE is "0": it must be a whole number from 1 to 1000000000 (length of the request queue of one show)',
    '  - TURN_SECRET is missing: it goes with TURN_URLS'
  ])
})

t.test('sources of metadata are named once each, with what they need', async t => {
  const config = loadConfig({ DATA_DIR: folder() })
  t.same(config.METADATA_SOURCES, ['tags'])
  t.equal(config.MUSICBRAINZ_URL, 'https://musicbrainz.org/ws/2')
  const all = {
    METADATA_SOURCES: 'discogs, tags,lastfm,musicbrainz',
    METADATA_CONTACT: 'operator@a.example',
    DISCOGS_TOKEN: 'token',
    LASTFM_API_KEY: 'key'
  }
  t.same(loadConfig({ DATA_DIR: folder(), ...all }).METADATA_SOURCES, ['discogs', 'tags', 'lastfm', 'musicbrainz'])
  const right = 'must be some of tags, musicbrainz, discogs, lastfm, each once, comma separated'
  for (const METADATA_SOURCES of ['tags,lastfmm', 'tags,tags', ',']) {
    const [mistake] = mistakesOf({ ...all, METADATA_SOURCES })
    t.match(mistake, `METADATA_SOURCES is ${JSON.stringify(METADATA_SOURCES)}: it ${right}`)
  }
  t.same(mistakesOf({ METADATA_SOURCES: 'musicbrainz,discogs,lastfm', LASTFM_KEY: 'key' }), [
    '  - LASTFM_KEY is not a setting; did you mean LASTFM_URL?',
    '  - METADATA_CONTACT is missing: musicbrainz and discogs and lastfm in METADATA_SOURCES cannot be asked without it',
    '  - DISCOGS_TOKEN is missing: discogs in METADATA_SOURCES cannot be asked without it',
    '  - LASTFM_API_KEY is missing: lastfm in METADATA_SOURCES cannot be asked without it'
  ])
  for (const METADATA_CONTACT of ['nobody', 'a@b (c)', 'https://user:secret@a.example/', 'a@b\nx: y']) {
    t.match(mistakesOf({ ...all, METADATA_CONTACT }), [/METADATA_CONTACT .*must be a mail address or a URL/])
  }
  t.same(mistakesOf({ ...all, METADATA_CONTACT: 'https://a.example/contact' }), [])
})

t.test('invalid values and combinations are rejected', async t => {
  const wrong: [string, Record<string, string>][] = [
    ['HOST', { HOST: 'a b' }],
    ['PORT', { PORT: '65536' }],
    ['PORT', { PORT: '1e3' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'ambient.example' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: '*' }],
    ['CORS_ORIGINS', { CORS_ORIGINS: 'https://a.example/path' }],
    ['REDIRECT_URIS', { REDIRECT_URIS: 'https://a.example/#fragment' }],
    ['REDIRECT_URIS', { REDIRECT_URIS: 'javascript:alert(1)' }],
    ['MONGODB_URL', { MONGODB_URL: 'http://a.example' }],
    ['REDIS_URL', { REDIS_URL: 'a.example:6379' }],
    ['NODE_ID', { NODE_ID: 'node.1' }],
    ['NODE_ID', { NODE_ID: 'n'.repeat(65) }],
    ['STORAGE_URL', { STORAGE_URL: '/data' }],
    ['AWS_ACCESS_KEY_ID', { STORAGE_URL: 's3://bucket' }],
    ['AWS_SECRET_ACCESS_KEY', { RECORDS_URL: 'dynamodb://eu-central-1/ambient', AWS_ACCESS_KEY_ID: 'id' }],
    ['JWT_KEYS', { JWT_KEYS: `a:${secret('a')},a:${secret('b')}` }],
    ['ACCESS_TOKEN_TTL_MS', { ACCESS_TOKEN_TTL_MS: '9999999999' }],
    ['SPOTIFY_CLIENT_SECRET', { SPOTIFY_CLIENT_ID: 'id' }],
    ['OIDC_CLIENT_ID', { OIDC_ISSUER: 'https://a.example' }],
    ['METRICS_PORT', { METRICS_PORT: '3000' }],
    ['MEDIA_PORT', { MEDIA_PORT: '65535', MEDIA_WORKERS: '2' }],
    ['MEDIA_PORT', { MEDIA_PORT: '2999', MEDIA_WORKERS: '2' }]
  ]
  for (const [name, env] of wrong) {
    t.match(mistakesOf(env)[0] ?? '', new RegExp(`^ {2}- ${name} is `), JSON.stringify(env))
  }
})

t.test('media between nodes needs ports of its own, and an address', async t => {
  const { MEDIA_PIPE_PORTS } = loadConfig({ DATA_DIR: folder(), MEDIA_PIPE_PORTS: '45000-45001' })
  t.same(MEDIA_PIPE_PORTS, { min: 45_000, max: 45_001 })
  const wrong: [string, Record<string, string>][] = [
    ['MEDIA_PIPE_PORTS is in conflict', { MEDIA_PORT: '40999', MEDIA_WORKERS: '2' }],
    ['MEDIA_PIPE_PORTS is in conflict', { MEDIA_PORT: '48999', MEDIA_WORKERS: '1' }],
    ['CLUSTER_ADDRESS is missing', { MEDIA_LISTEN_IP: '0.0.0.0' }],
    ['CLUSTER_ADDRESS is missing', { MEDIA_LISTEN_IP: '::' }]
  ]
  const REDIS_URL = 'redis://a.example'
  for (const [mistake, env] of wrong) {
    t.match(mistakesOf({ REDIS_URL, ...env }).join('\n'), `  - ${mistake}`)
    t.notMatch(mistakesOf(env).join('\n'), mistake, 'one node alone uses neither')
  }
  const right: Record<string, string>[] = [
    { MEDIA_PORT: '40999', MEDIA_WORKERS: '1' },
    { MEDIA_PORT: '49000', MEDIA_WORKERS: '1' },
    { MEDIA_LISTEN_IP: '0.0.0.0', CLUSTER_ADDRESS: '10.0.0.1' },
    { MEDIA_LISTEN_IP: '0.0.0.0', MEDIA_ANNOUNCED_ADDRESS: '203.0.113.1' }
  ]
  for (const env of right) t.notMatch(mistakesOf({ REDIS_URL, ...env }).join('\n'), /PIPE_PORTS|CLUSTER_ADDRESS/)
})

t.test('media that the clients of HOST could not reach is a mistake', async t => {
  const silent: [mistake: string, env: Record<string, string>][] = [
    ['MEDIA_ANNOUNCED_ADDRESS is missing', { MEDIA_LISTEN_IP: '0.0.0.0' }],
    ['MEDIA_ANNOUNCED_ADDRESS is missing', { MEDIA_LISTEN_IP: '::' }],
    ['MEDIA_ANNOUNCED_ADDRESS is missing', { HOST: '0.0.0.0', MEDIA_LISTEN_IP: '0.0.0.0' }],
    ['MEDIA_LISTEN_IP is 127.0.0.1, and HOST is 0.0.0.0', { HOST: '0.0.0.0' }],
    ['MEDIA_LISTEN_IP is ::1, and HOST is ::', { HOST: '::', MEDIA_LISTEN_IP: '::1' }],
    ['MEDIA_LISTEN_IP is 127.0.0.1, and HOST is 192.168.1.5', { HOST: '192.168.1.5' }]
  ]
  for (const [mistake, env] of silent) {
    t.match(mistakesOf(env), [`  - ${mistake}`], mistake)
    t.same(mistakesOf({ ...env, MEDIA_ANNOUNCED_ADDRESS: '203.0.113.1' }), [], 'with an announced address')
  }
  for (const env of [
    {},
    { HOST: '127.0.0.1', MEDIA_LISTEN_IP: '192.168.1.5' },
    { HOST: '::1', MEDIA_LISTEN_IP: '127.0.0.1' },
    { HOST: '192.168.1.5', MEDIA_LISTEN_IP: '192.168.1.5' }
  ]) {
    t.same(mistakesOf(env), [], JSON.stringify(env))
  }
})

t.test('a command that only uses the data takes settings at which no client reaches a server', async t => {
  const image = { ...shared, DATA_DIR: folder(), NODE_ENV: 'production', HOST: '0.0.0.0', MEDIA_LISTEN_IP: '0.0.0.0' }
  t.match(mistakesOf(image), [/MEDIA_ANNOUNCED_ADDRESS is missing/])
  t.equal(loadDataConfig(image).MONGODB_URL, shared.MONGODB_URL)
  t.throws(() => loadDataConfig({ ...image, JWT_KEYS: '' }), /JWT_KEYS is required/, 'all other mistakes are reported')
})

t.test('links of http to a server of HTTPS are a mistake', async t => {
  const https = { HTTPS_CERT: '/tls/tls.crt', HTTPS_KEY: '/tls/tls.key' }
  t.match(mistakesOf({ ...https, PUBLIC_URL: 'http://a.example' }), [/PUBLIC_URL must begin with https/])
  t.same(mistakesOf({ ...https, PUBLIC_URL: 'https://a.example' }), [])
  t.same(mistakesOf({ PUBLIC_URL: 'http://a.example' }), [])
})

t.test('values that a library would refuse at their first use are refused at the start', async t => {
  const spotify = { SPOTIFY_CLIENT_ID: 'id', SPOTIFY_CLIENT_SECRET: 'a secret' }
  const oidc = { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'id', OIDC_CLIENT_SECRET: 'a secret' }
  const s3 = { STORAGE_URL: 's3://bucket', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
  const turn = { TURN_URLS: 'turn:a.example', TURN_SECRET: secret('t') }
  const refused: [Record<string, string>, name: string, values: readonly string[]][] = [
    [spotify, 'SPOTIFY_CLIENT_ID', ['\u20ac', 'caf\u00e9', 'a\nb']],
    [spotify, 'SPOTIFY_CLIENT_SECRET', ['\u20ac', 'caf\u00e9', 'a\nb']],
    [oidc, 'OIDC_CLIENT_ID', ['\u20ac', 'caf\u00e9', 'a\nb']],
    [oidc, 'OIDC_CLIENT_SECRET', ['\u20ac', 'caf\u00e9', 'a\nb']],
    [s3, 'AWS_ACCESS_KEY_ID', ['\u20ac', 'a b', 'a\n']],
    [s3, 'AWS_SECRET_ACCESS_KEY', ['\u20ac', 'a b', 'a\n']],
    [oidc, 'OIDC_ISSUER', ['https://me:hush@id.example', 'https://me@id.example', 'https://id.example#part']],
    [{}, 'PUBLIC_URL', ['https://me:hush@a.example', 'https://a.example/#part']],
    [{}, 'SPOTIFY_ACCOUNTS_URL', ['https://me:hush@a.example']],
    [{}, 'SPOTIFY_API_URL', ['https://me:hush@a.example']],
    [{}, 'OTEL_EXPORTER_OTLP_ENDPOINT', ['http://me:hush@a.example']],
    [{}, 'PUBLIC_URL', ['https://a.example/?page=1']],
    [{}, 'SPOTIFY_ACCOUNTS_URL', ['https://a.example?a=b']],
    [{}, 'SPOTIFY_API_URL', ['https://a.example/v1?a=b', 'https://a.example/v1?']],
    [{}, 'OTEL_EXPORTER_OTLP_ENDPOINT', ['http://a.example:4318?a=b']],
    [{}, 'REDIS_URL', ['redis://', 'redis:a.example', 'redis://:hush@', 'redis:///1', 'http://a.example', 'REDIS:a']],
    [{}, 'REDIS_URL', ['redis://a.example:0', 'redis://a.example:65536', 'redis://a.example:', 'redis://a.example:x']],
    [{}, 'REDIS_URL', ['redis://a_b c', 'redis://a.example/x', 'redis://a.example/1/2', 'redis://a.example/-1']],
    [{}, 'REDIS_URL', ['redis://a.example?db=1', 'redis://a.example/1#x', ' redis://a.example', 'redis://a.example\n']],
    [{}, 'REDIS_URL', ['redis://:hush%@a.example', 'redis://:hush%zz@a.example', 'redis://:hush%ff@a.example']],
    [{}, 'REDIS_URL', ['redis://:hush/1@a.example', 'redis://:hush@b@a.example', 'redis://:hush\t@a.example']],
    [{}, 'REDIS_URL', ['redis+sentinel://a.example', 'redis+sentinel:///mymaster', 'redis+sentinel://a.example/']],
    [{}, 'REDIS_URL', ['redis+sentinel://a.example,/mymaster', 'redis+sentinel://a.example:0/mymaster']],
    [{}, 'REDIS_URL', ['redis+sentinel://a,b c/mymaster', 'redis+sentinel://a/my master', 'redis+sentinel://a/m/x']],
    [{}, 'REDIS_URL', ['redis+sentinel://:hush%zz@a/m', 'redis+sentinel://me:x@a,me:y@b/m', 'rediss+sentinel://a/m']],
    [{}, 'REDIS_URL', ['redis://[a.example]', 'redis://[2001:db8::1', 'redis://2001:db8::1', 'redis://[127.0.0.1]']],
    [{}, 'MONGODB_URL', ['mongodb://a.example/x?noSuchOption=1', 'mongodb://a:b:hush@a.example/x', 'mongodb://[a/x']],
    [{}, 'CLUSTER_ADDRESS', ['a.example:40000', 'udp:a.example', '[2001:db8::1]']],
    [{}, 'MEDIA_PIPE_PORTS', ['41000', '0-10', '2-1', '1-65536', '1-2-3', '-1-2', '1 - 2', '41000-48999,']],
    [{}, 'HOST', ['a.example:80', 'a_b c', 'http:a.example']],
    [{}, 'MEDIA_ANNOUNCED_ADDRESS', ['a.example:40000', 'udp:a.example', '[2001:db8::1]']],
    [
      turn,
      'TURN_URLS',
      ['turn:', 'turn:a.example:99999', 'turn:a.example?transport=tls', 'turn://a.example', 'turn:2001:db8::1']
    ],
    [turn, 'TURN_URLS', ['turn:me@a.example', 'turn:a.example:3478,stun:a.example']]
  ]
  for (const [others, name, values] of refused) {
    t.same(mistakesOf(others), [], `${name}: the other settings are right`)
    for (const value of values) {
      const mistakes = mistakesOf({ ...others, [name]: value })
      t.equal(mistakes.length, 1, value)
      t.match(mistakes[0] ?? '', new RegExp(`^ {2}- ${name} is `), value)
      t.notMatch(mistakes[0] ?? '', 'hush', value)
    }
  }
})

t.test('with Redis, each setting that nodes must share is required', async t => {
  const REDIS_URL = 'redis://a.example'
  t.same(mistakesOf({ REDIS_URL }), [
    '  - MONGODB_URL is missing: all nodes with this REDIS_URL must have the same',
    '  - JWT_KEYS is missing: all nodes with this REDIS_URL must have the same',
    '  - TOKEN_KEYS is missing: all nodes with this REDIS_URL must have the same',
    '  - STORAGE_URL must be gridfs: or s3://… with REDIS_URL: other nodes cannot read a folder'
  ])
  for (const name of ['MONGODB_URL', 'JWT_KEYS', 'TOKEN_KEYS']) {
    t.match(mistakesOf({ ...shared, REDIS_URL, [name]: '' }), [new RegExp(`- ${name} is missing`)], name)
  }
  t.match(mistakesOf({ ...shared, REDIS_URL, STORAGE_URL: 'file:///srv/ambient' }), [/STORAGE_URL must be gridfs: or/])
  const s3 = { STORAGE_URL: 's3://bucket', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
  t.same(mistakesOf({ ...shared, ...s3, REDIS_URL }), [])
})

t.test('in production, Redis needs a password or TLS', async t => {
  const production = { ...shared, NODE_ENV: 'production' }
  for (const REDIS_URL of [
    'redis://a.example',
    'redis://me@a.example',
    'redis://me:@a.example',
    'redis+sentinel://a/m'
  ]) {
    t.match(mistakesOf({ ...production, REDIS_URL }), [/REDIS_URL needs a password or rediss:\/\/ in production/])
  }
  const secured = ['redis://:hush@a.example', 'redis://me:hush@a.example/1', 'rediss://a.example']
  for (const REDIS_URL of [...secured, 'redis+sentinel://:hush@a.example:26379,b.example/mymaster']) {
    t.same(mistakesOf({ ...production, REDIS_URL }), [], REDIS_URL)
  }
  t.equal(mistakesOf({ NODE_ENV: 'production', REDIS_URL: 'rediss://a.example' }).length, 4, 'each is named once')
})

t.test('addresses of every kind are accepted', async t => {
  for (const env of [
    { MONGODB_URL: 'mongodb://me:p%40ss@a.example:27017,b.example:27018/ambient?replicaSet=rs0' },
    { MONGODB_URL: 'mongodb+srv://me:pass@a.example/ambient' },
    { ...shared, REDIS_URL: 'redis://a.example' },
    { ...shared, REDIS_URL: 'redis://:p%40ss%2F@redis-1:6379/' },
    { ...shared, REDIS_URL: 'rediss://me:pass@[2001:db8::1]:6380/15' },
    { ...shared, REDIS_URL: 'redis://127.0.0.1:65535/0' },
    { ...shared, REDIS_URL: 'redis+sentinel://me:p%40ss@a.example:26379,[2001:db8::1]:26380,c/mymaster/2' },
    { NODE_ID: 'node_1-A' },
    { NODE_ID: 'n'.repeat(64) },
    { HOST: 'fe80::1%eth0', MEDIA_LISTEN_IP: 'fe80::1%eth0' },
    { HOST: 'node-1.internal_zone', MEDIA_LISTEN_IP: '192.0.2.1' },
    { MEDIA_ANNOUNCED_ADDRESS: '2001:db8::1' },
    { TURN_URLS: 'turn:203.0.113.1:3478?transport=udp, turns:[2001:db8::1]:5349', TURN_SECRET: secret('t') },
    { OIDC_ISSUER: 'https://a.example/x?p=policy', OIDC_CLIENT_ID: 'a b', OIDC_CLIENT_SECRET: '~ "\\' }
  ]) {
    t.same(mistakesOf(env), [], JSON.stringify(env))
  }
})

t.test('messages never contain a secret', async t => {
  const secrets = Object.entries(Settings.properties)
    .filter(([, schema]) => 'secret' in schema)
    .map(([name]) => name)
  t.strictSame(secrets, [
    'MONGODB_URL',
    'REDIS_URL',
    'KAFKA_USERNAME',
    'KAFKA_PASSWORD',
    'STORAGE_URL',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'JWT_KEYS',
    'TOKEN_KEYS',
    'SPOTIFY_CLIENT_SECRET',
    'DISCOGS_TOKEN',
    'LASTFM_API_KEY',
    'SPEECHMATICS_API_KEY',
    'OIDC_CLIENT_SECRET',
    'PUSH_VAPID_KEY',
    'SMTP_URL',
    'TURN_SECRET'
  ])
  const mistakes = mistakesOf(Object.fromEntries(secrets.map(name => [name, 'hush']))).join('\n')
  for (const name of ['JWT_KEYS', 'TOKEN_KEYS', 'MONGODB_URL', 'TURN_SECRET']) t.match(mistakes, `- ${name} is wrong`)
  t.notMatch(mistakes, 'hush')
})

t.test('production is strict', async t => {
  const mistakes = mistakesOf({ NODE_ENV: 'production', AUTH_DEV_LOGIN: 'on' })
  t.equal(mistakes.length, 3)
  for (const name of ['JWT_KEYS', 'TOKEN_KEYS', 'AUTH_DEV_LOGIN']) t.match(mistakes.join('\n'), `- ${name} is re`)
  const good = {
    NODE_ENV: 'production',
    DATA_DIR: folder(),
    JWT_KEYS: `a:${secret('a')}`,
    TOKEN_KEYS: `a:${secret('b')}`
  }
  t.equal(loadConfig(good).AUTH_DEV_LOGIN, false, 'sign-in by name is also off on a loopback address')
  t.equal(loadConfig(good).AUTH_GUESTS, false, 'guests are an operator’s choice')
  t.equal(loadConfig({ ...good, AUTH_GUESTS: 'on' }).AUTH_GUESTS, true)
})

t.test('guests can listen in development, unless they are turned off', async t => {
  t.equal(loadConfig({ DATA_DIR: folder() }).AUTH_GUESTS, true)
  t.equal(loadConfig({ DATA_DIR: folder(), AUTH_GUESTS: 'off' }).AUTH_GUESTS, false)
})

t.test('sign-in by name is off by default when other machines can reach the server', async t => {
  for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'ambient.example']) {
    const env = { DATA_DIR: folder(), HOST, MEDIA_LISTEN_IP: '192.0.2.1' }
    t.equal(loadConfig(env).AUTH_DEV_LOGIN, false, HOST)
    t.equal(loadConfig({ ...env, AUTH_DEV_LOGIN: 'on' }).AUTH_DEV_LOGIN, true, HOST)
  }
  for (const HOST of ['localhost', '127.0.0.53', '::1']) {
    t.equal(loadConfig({ DATA_DIR: folder(), HOST }).AUTH_DEV_LOGIN, true, HOST)
  }
})

t.test('a key file without a valid key is a mistake, and the file is kept', async t => {
  const DATA_DIR = folder()
  writeFileSync(join(DATA_DIR, 'jwt-keys'), '\n')
  t.match(mistakesOf({ DATA_DIR }), [/DATA_DIR cannot be used: .*jwt-keys holds no valid key/])
  t.equal(readFileSync(join(DATA_DIR, 'jwt-keys'), 'utf8'), '\n')
})

t.test('a data folder that is a file is a mistake', async t => {
  const file = join(folder(), 'data')
  writeFileSync(file, '')
  chmodSync(file, 0o600)
  t.match(mistakesOf({ DATA_DIR: file }), [/DATA_DIR cannot be used: /])
})

t.test('PUBLIC_URL and REDIRECT_URIS are written as browsers write them', async t => {
  for (const [given, normal] of [
    ['https://Shows.Example:443/', 'https://shows.example'],
    ['HTTPS://shows.example', 'https://shows.example'],
    ['http://shows.example:80', 'http://shows.example'],
    ['http://shows.example:443', 'http://shows.example:443'],
    ['https://shows.example:8443//', 'https://shows.example:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://[2001:DB8:0::1]', 'https://[2001:db8::1]'],
    ['https://shows.example/Live/', 'https://shows.example/Live']
  ] as const) {
    t.equal(loadConfig({ DATA_DIR: folder(), PUBLIC_URL: given }).PUBLIC_URL, normal, given)
  }
  t.same(
    loadConfig({ DATA_DIR: folder(), REDIRECT_URIS: 'https://A.example:443/Sign-in,ambient://sign-in' }).REDIRECT_URIS,
    ['https://A.example:443/Sign-in', 'https://a.example/Sign-in', 'ambient://sign-in']
  )
})

t.test('Kafka: complete and without effectless settings', async t => {
  const KAFKA_BROKERS = 'kafka-1.example:9092, 192.0.2.1:9092,[2001:db8::1]:9093'
  const sasl = { KAFKA_SASL_MECHANISM: 'scram-sha-512', KAFKA_USERNAME: 'me', KAFKA_PASSWORD: 'hush' }
  t.same(loadConfig({ DATA_DIR: folder(), KAFKA_BROKERS, ...sasl }).KAFKA_BROKERS, [
    'kafka-1.example:9092',
    '192.0.2.1:9092',
    '[2001:db8::1]:9093'
  ])
  t.same(loadConfig({ DATA_DIR: folder() }).KAFKA_BROKERS, [])
  for (const wrong of [
    'kafka',
    'kafka:0',
    'kafka:65536',
    'kafka://a:1',
    'me:hush@a:1',
    'a:1,b',
    ',',
    '2001:db8::1:9092'
  ]) {
    t.match(mistakesOf({ KAFKA_BROKERS: wrong }), [/KAFKA_BROKERS (is|must)/], wrong)
  }
  for (const wrong of ['.a', 'a b', 'a/b', 'a'.repeat(101)]) {
    t.match(mistakesOf({ KAFKA_BROKERS, KAFKA_TOPIC_PREFIX: wrong }), [/KAFKA_TOPIC_PREFIX is/], wrong)
  }
  t.match(mistakesOf({ KAFKA_BROKERS, ...sasl, KAFKA_USERNAME: '' }), [/KAFKA_USERNAME is missing/])
  t.match(mistakesOf({ KAFKA_BROKERS, KAFKA_USERNAME: 'me' }), [
    /KAFKA_SASL_MECHANISM is missing/,
    /KAFKA_PASSWORD is m/
  ])
  t.match(mistakesOf({ ...sasl }), [/KAFKA_BROKERS is missing: it goes with KAFKA_SASL_MECHANISM/])
  t.match(mistakesOf({ KAFKA_BROKERS, KAFKA_TLS_CA: '/ca.pem' }), [/KAFKA_TLS must be on: KAFKA_TLS_CA/])
  t.match(mistakesOf({ KAFKA_TLS: 'on' }), [/KAFKA_BROKERS is missing: it goes with KAFKA_TLS/])
  t.match(mistakesOf({ KAFKA_BROKERS, KAFKA_SASL_MECHANISMS: 'plain' }), [/did you mean KAFKA_SASL_MECHANISM/])
  const production = {
    NODE_ENV: 'production',
    JWT_KEYS: `a:${secret('a')}`,
    TOKEN_KEYS: `a:${secret('b')}`,
    KAFKA_BROKERS,
    ...sasl,
    KAFKA_SASL_MECHANISM: 'plain'
  }
  t.match(mistakesOf(production), [/KAFKA_TLS must be on in production/])
  t.same(mistakesOf({ ...production, KAFKA_TLS: 'on' }), [])
})

t.test('push needs a key that all nodes have, and that outlives the machine', async t => {
  const key = 'ERERERERERERERERERERERERERERERERERERERERERE'
  const production = {
    NODE_ENV: 'production',
    DATA_DIR: folder(),
    JWT_KEYS: shared.JWT_KEYS,
    TOKEN_KEYS: shared.TOKEN_KEYS
  }
  t.equal(loadConfig(production).PUSH_VAPID_KEY, undefined)
  t.equal(loadConfig({ ...production, PUSH_VAPID_KEY: key }).PUSH_VAPID_KEY, key)
  const cluster = { ...shared, DATA_DIR: folder(), REDIS_URL: 'redis://a.example' }
  t.equal(loadConfig(cluster).PUSH_VAPID_KEY, undefined)
  for (const wrong of ['short', 'A'.repeat(43), '_'.repeat(43), `${key}A`]) {
    t.match(mistakesOf({ PUSH_VAPID_KEY: wrong }), [/PUSH_VAPID_KEY is wrong: it must be a private key/], wrong)
  }
  t.match(mistakesOf({ PUSH_CONTACT: 'operator' }), [/PUSH_CONTACT is "operator": it must begin with mailto: or https/])
  t.same(mistakesOf({ PUSH_CONTACT: 'mailto:operator@radio.example' }), [])
  for (const env of [production, cluster]) {
    const contact = { ...env, PUSH_CONTACT: 'mailto:operator@radio.example' }
    t.match(mistakesOf(contact), [/PUSH_VAPID_KEY is missing: it goes with PUSH_CONTACT/])
    t.same(mistakesOf({ ...contact, PUSH_VAPID_KEY: key }), [])
  }
  t.match(mistakesOf({ ...production, NOTIFY_PRIVATE_ADDRESSES: 'on' }), [/NOTIFY_PRIVATE_ADDRESSES is refused/])
  const DATA_DIR = folder()
  writeFileSync(join(DATA_DIR, 'push-vapid-key'), 'damaged')
  t.match(mistakesOf({ DATA_DIR }), [/push-vapid-key holds no valid key/])
})
