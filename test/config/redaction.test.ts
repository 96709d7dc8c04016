import Fastify from 'fastify'
import t from 'tap'
import { serverOptions } from '../../app.ts'
import { loadConfig } from '../../config/config.ts'
import { captureLog } from '../captured-log.ts'

const secret = (letter: string) => letter.repeat(32)
const settings = {
  MONGODB_URL: 'mongodb://me:pass%40word-1@a.example/ambient',
  REDIS_URL: 'rediss://me:redis-password@a.example',
  JWT_KEYS: `a:${secret('j')},b:${secret('k')}`,
  TOKEN_KEYS: `a:${secret('t')}`,
  SPOTIFY_CLIENT_ID: 'spotify-client',
  SPOTIFY_CLIENT_SECRET: 'spotify "secret"',
  OIDC_ISSUER: 'https://id.example',
  OIDC_CLIENT_ID: 'oidc-client',
  OIDC_CLIENT_SECRET: 'oidc-secret/+',
  STORAGE_URL: 's3://bucket',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'aws-secret',
  METADATA_SOURCES: 'discogs,lastfm',
  METADATA_CONTACT: 'https://radio.example',
  DISCOGS_TOKEN: 'discogs-token',
  LASTFM_API_KEY: 'lastfm-api-key',
  SPEECHMATICS_API_KEY: 'speechmatics-api-key',
  TURN_URLS: 'turn:a.example',
  TURN_SECRET: 'turn-secret-turn-secret',
  PUSH_VAPID_KEY: 'ERERERERERERERERERERERERERERERERERERERERERE'
}

t.test('a log line has no secret of the settings, in whatever way a library writes it', async t => {
  const options = serverOptions(loadConfig({ DATA_DIR: t.testdir(), ...settings }))
  const captured = captureLog()
  const { log } = Fastify({ ...options, logger: { ...Object(options.logger), stream: captured.stream } })
  const hidden = [
    settings.MONGODB_URL.slice('mongodb://'.length, settings.MONGODB_URL.indexOf('@')),
    'pass%40word-1',
    'pass@word-1',
    'redis-password',
    secret('j'),
    secret('k'),
    secret('t'),
    'spotify "secret"',
    'spotify%20%22secret%22',
    btoa(`${settings.SPOTIFY_CLIENT_ID}:${settings.SPOTIFY_CLIENT_SECRET}`),
    'oidc-secret/+',
    encodeURIComponent('oidc-secret/+'),
    btoa(`${settings.OIDC_CLIENT_ID}:${settings.OIDC_CLIENT_SECRET}`),
    'aws-secret',
    'discogs-token',
    'lastfm-api-key',
    'speechmatics-api-key',
    'turn-secret-turn-secret',
    settings.PUSH_VAPID_KEY
  ]
  for (const text of hidden) {
    captured.clear()
    log
      .child({ module: 'test' })
      .error({ err: Object.assign(new Error(`no ${text}!`), { input: text }) }, `not ${text}`)
    const { msg, err } = JSON.parse(captured.text())
    t.equal(msg, 'not [secret]', text)
    t.match(err, { message: 'no [secret]!', input: '[secret]' })
    t.notOk(captured.text().includes(JSON.stringify(text).slice(1, -1)), text)
  }
})

t.test('other words stay, and so do secrets that are too short to tell from words', async t => {
  const options = serverOptions(loadConfig({ DATA_DIR: t.testdir(), MONGODB_URL: 'mongodb://me:on@a.example/x' }))
  const captured = captureLog()
  const { log } = Fastify({ ...options, logger: { ...Object(options.logger), stream: captured.stream } })
  log.error('one connection of a.example')
  t.match(JSON.parse(captured.text()), { msg: 'one connection of a.example' })
})
