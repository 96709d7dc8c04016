import { mkdtempSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { ConfigError, loadConfig } from '../config.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'ambient-config-'))

function mistakesOf (env: Record<string, string>): string {
  try {
    loadConfig({ DATA_DIR: folder(), ...env })
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

t.test('every setting has a default that works on a laptop', async t => {
  const DATA_DIR = folder()
  const config = loadConfig({ DATA_DIR })
  t.match(config, { NODE_ENV: 'development', HOST: '127.0.0.1', PORT: 3000, MEDIA_PORT: 40000, AUTH_DEV_LOGIN: true, CREATOR_GRACE_MS: 120000 })
  t.equal(statSync(join(DATA_DIR, 'jwt-keys')).mode & 0o777, 0o600, 'the generated key is nobody else\'s')
  t.same(loadConfig({ DATA_DIR }).JWT_KEYS, config.JWT_KEYS, 'and stays')
})

t.test('all mistakes are named at once, without the values of secrets', async t => {
  const message = mistakesOf({ PORT: 'eighty', LOG_LEVEL: 'loud', LIMIT_QUEUE: '0', JWT_KEYS: 'short:secret', MEDIA_PROT: '1' })
  for (const name of ['PORT', 'LOG_LEVEL', 'LIMIT_QUEUE', 'JWT_KEYS']) t.match(message, new RegExp(`- ${name} `))
  t.match(message, 'MEDIA_PROT is not a setting; did you mean MEDIA_PORT?')
  t.notMatch(message, 'short:secret')
})

t.test('production is strict', async t => {
  const message = mistakesOf({ NODE_ENV: 'production', AUTH_DEV_LOGIN: 'on' })
  for (const name of ['JWT_KEYS', 'TOKEN_KEYS', 'AUTH_DEV_LOGIN']) t.match(message, `- ${name} `)
})

t.test('where others can reach it, signing in by name is off unless set', async t => {
  t.equal(loadConfig({ DATA_DIR: folder(), HOST: '0.0.0.0' }).AUTH_DEV_LOGIN, false)
  t.equal(loadConfig({ DATA_DIR: folder(), HOST: '0.0.0.0', AUTH_DEV_LOGIN: 'on' }).AUTH_DEV_LOGIN, true)
})
