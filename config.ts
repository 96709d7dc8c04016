import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import { Type, type Static } from 'typebox'
import { cachedWorkerPath } from './media/worker-binary.ts'

const Url = (options: object = {}) => Type.String({ pattern: '^[a-z][a-z0-9+.-]*:', ...options })
const List = Type.String({ description: 'comma separated' })
const Port = Type.Integer({ minimum: 0, maximum: 65535 })
const Limit = (value: number, description: string) => Type.Integer({ minimum: 1, default: value, description })
const DurationMs = (value: number, description: string) => Type.Integer({ minimum: 1, default: value, description })

/** Every setting there is: environment variables, each with what it means. */
export const Settings = Type.Object({
  NODE_ENV: Type.Unsafe<'development' | 'production' | 'test'>({ type: 'string', enum: ['development', 'production', 'test'], default: 'development', description: '`production` turns on the strict checks' }),
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'where HTTP and Socket.io listen' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65535, default: 3000, description: '0 takes a free one' }),
  PUBLIC_URL: Type.Optional(Url({ pattern: '^https?://', description: 'how clients reach us' })),
  TRUST_PROXY: Type.Boolean({ default: false, description: 'take the client address from X-Forwarded-For of one proxy' }),
  CORS_ORIGINS: Type.Optional(List),
  DATA_DIR: Type.String({ minLength: 1, default: './data', description: 'embedded store, folder storage, generated keys' }),
  MONGODB_URL: Type.Optional(Url({ pattern: '^mongodb(\\+srv)?://', description: 'a MongoDB with the database name in the path; unset: the embedded store' })),
  REDIS_URL: Type.Optional(Url({ pattern: '^rediss?://' })),
  STORAGE_URL: Type.Optional(Url({ pattern: '^(file|gridfs|s3):' })),
  AWS_ACCESS_KEY_ID: Type.Optional(Type.String()),
  AWS_SECRET_ACCESS_KEY: Type.Optional(Type.String()),
  JWT_KEYS: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]+:[^,:]{32,}(,[A-Za-z0-9_-]+:[^,:]{32,})*$', description: '`kid:secret` pairs, comma separated, secrets of 32 characters or more; the first signs' })),
  TOKEN_KEYS: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]+:[^,:]{32,}(,[A-Za-z0-9_-]+:[^,:]{32,})*$', description: 'as JWT_KEYS, for third-party tokens at rest' })),
  AUTH_DEV_LOGIN: Type.Optional(Type.Boolean({ description: 'sign in with a name and nothing else' })),
  AUTH_GUESTS: Type.Boolean({ default: false, description: 'let people listen without an account' }),
  ACCESS_TOKEN_TTL_MS: DurationMs(900_000, 'how long an access token is good'),
  REFRESH_TOKEN_TTL_MS: DurationMs(30 * 24 * 3_600_000, 'how long a sign-in lasts without being used'),
  REDIRECT_URIS: Type.Optional(List),
  SPOTIFY_CLIENT_ID: Type.Optional(Type.String()),
  SPOTIFY_CLIENT_SECRET: Type.Optional(Type.String()),
  SPOTIFY_ACCOUNTS_URL: Url({ default: 'https://accounts.spotify.com' }),
  SPOTIFY_API_URL: Url({ default: 'https://api.spotify.com/v1' }),
  OIDC_ISSUER: Type.Optional(Url()),
  OIDC_CLIENT_ID: Type.Optional(Type.String()),
  OIDC_CLIENT_SECRET: Type.Optional(Type.String()),
  MEDIA_LISTEN_IP: Type.String({ minLength: 1, default: '127.0.0.1', description: 'address the media listens on, UDP and TCP' }),
  MEDIA_ANNOUNCED_ADDRESS: Type.Optional(Type.String({ minLength: 1, description: 'address clients send media to, when it is another' })),
  MEDIA_PORT: Type.Integer({ minimum: 0, maximum: 65000, default: 40_000, description: 'worker n uses MEDIA_PORT + n; 0 takes free ones' }),
  MEDIA_WORKERS: Type.Integer({ minimum: 1, maximum: 256, default: availableParallelism(), description: 'media workers; one per core' }),
  MEDIA_LISTENERS_PER_WORKER: Limit(500, 'a show goes on to a further worker at so many sessions'),
  MEDIASOUP_WORKER_BIN: Type.Optional(Type.String({ minLength: 1, description: 'the media worker; found by setup' })),
  TURN_URLS: Type.Optional(List),
  TURN_SECRET: Type.Optional(Type.String({ minLength: 16 })),
  CREATOR_GRACE_MS: DurationMs(120_000, 'how long a show waits for its creator'),
  SPEAKER_GRACE_MS: DurationMs(30_000, 'how long a seat or a place in the queue is kept for somebody who lost the connection'),
  DRAIN_DEADLINE_MS: DurationMs(30_000, 'how long stopping may take'),
  METRICS_PORT: Type.Optional(Port),
  LOG_LEVEL: Type.Unsafe<'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'>({ type: 'string', enum: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], default: 'info' }),
  LIMIT_BODY_BYTES: Limit(1_048_576, 'REST body'),
  LIMIT_MESSAGE_BYTES: Limit(16_384, 'socket message'),
  LIMIT_SPEAK_REQUESTS_PER_MINUTE: Limit(6, 'per person'),
  LIMIT_MEDIA_EVENTS_PER_10S: Limit(200, '`media:*` per socket'),
  LIMIT_EVENTS_PER_10S: Limit(50, 'other events per socket'),
  LIMIT_SOCKETS_PER_PERSON: Limit(5, 'sockets of one person'),
  LIMIT_QUEUE: Limit(1000, 'people waiting to speak in one show'),
  LIMIT_AUDIO_BPS: Limit(192_000, 'what one producer may send, bits per second'),
  LIMIT_REST_PER_MINUTE: Limit(300, 'REST requests per person'),
  LIMIT_AUTH_PER_MINUTE: Limit(20, '`/auth` requests per address')
}, { additionalProperties: false })

type Given = Static<typeof Settings>

/** A key with its name: `kid` is public, `secret` never leaves the process. */
export interface NamedKey { kid: string, secret: string }

/** The settings as the server uses them: complete and checked. */
export type Config = Omit<Given, 'JWT_KEYS' | 'TOKEN_KEYS' | 'AUTH_DEV_LOGIN' | 'MEDIASOUP_WORKER_BIN' | 'TURN_URLS' | 'CORS_ORIGINS'> & {
  JWT_KEYS: NamedKey[]
  TOKEN_KEYS: NamedKey[]
  AUTH_DEV_LOGIN: boolean
  MEDIASOUP_WORKER_BIN: string
  TURN_URLS: string[]
  CORS_ORIGINS: string[]
}

/** What is wrong with the settings, all of it; the message is meant for the operator's eyes. */
export class ConfigError extends Error {
  constructor (mistakes: readonly string[]) {
    super(`The settings need a change:\n${mistakes.map(mistake => `  - ${mistake}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

type Environment = Readonly<Record<string, string | undefined>>

const ourPrefixes = ['MEDIA_', 'SPOTIFY_', 'OIDC_', 'TURN_', 'AUTH_', 'SONG_', 'LIMIT_']
const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/
const booleans: Readonly<Record<string, boolean>> = { true: true, 1: true, on: true, false: false, 0: false, off: false }
interface SettingSchema { type?: string, description?: string, enum?: readonly string[] }
/** The settings' schemas as plain JSON Schema. */
const schemaOf: Readonly<Record<string, SettingSchema>> = JSON.parse(JSON.stringify(Settings.properties))

/**
 * Reads the settings from an environment (the process's own when none is given). Throws ConfigError naming every
 * mistake at once: a value that does not fit, one that production needs, a name that begins like ours and is not known.
 */
export function loadConfig (env: Environment = process.env): Config {
  const given = pick(env)
  const misfitting = misfits(given)
  const settings = given as Given
  const mistakes = [...unknownNames(env), ...misfitting, ...conflicts(settings)]
  if (mistakes.length > 0) throw new ConfigError(mistakes)
  const { JWT_KEYS, TOKEN_KEYS, TURN_URLS, CORS_ORIGINS, ...rest } = settings
  const DATA_DIR = resolve(settings.DATA_DIR)
  return {
    ...rest,
    DATA_DIR,
    JWT_KEYS: JWT_KEYS ? parseKeys(JWT_KEYS) : generatedKeys(DATA_DIR, 'jwt-keys'),
    TOKEN_KEYS: TOKEN_KEYS ? parseKeys(TOKEN_KEYS) : generatedKeys(DATA_DIR, 'token-keys'),
    // Where others can reach the server, it has to be turned on on purpose.
    AUTH_DEV_LOGIN: settings.AUTH_DEV_LOGIN ?? (settings.NODE_ENV !== 'production' && loopback.test(settings.HOST)),
    MEDIASOUP_WORKER_BIN: settings.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(env),
    TURN_URLS: parseList(TURN_URLS),
    CORS_ORIGINS: parseList(CORS_ORIGINS)
  }
}

/** The known settings of an environment, as the types their schema wants where that is possible. An empty one is unset. */
function pick (env: Environment): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const [name, { type }] of Object.entries(schemaOf)) {
    const value = env[name]
    if (value !== undefined && value !== '') given[name] = typed(value, type)
  }
  return given
}

function typed (value: string, type: string | undefined): unknown {
  if (type === 'integer' && /^-?\d+$/.test(value)) return Number(value)
  if (type === 'boolean') return booleans[value.toLowerCase()] ?? value
  return value
}

/** Fills in the defaults and names what does not fit. Values are not repeated: some are secrets. */
function misfits (given: Record<string, unknown>): string[] {
  const check = new Ajv({ allErrors: true, useDefaults: true, strict: false }).compile(Settings)
  if (check(given)) return []
  return (check.errors ?? []).map(({ instancePath, message }) => {
    const name = instancePath.slice(1)
    const { enum: words, description } = schemaOf[name] ?? {}
    return `${name} ${words ? `must be one of ${words.join(', ')}` : message}${description ? ` (${description})` : ''}`
  })
}

function unknownNames (env: Environment): string[] {
  return Object.keys(env)
    .filter(name => ourPrefixes.some(prefix => name.startsWith(prefix)) && !Object.hasOwn(schemaOf, name))
    .map(name => `${name} is not a setting; did you mean ${nearest(name)}?`)
}

function conflicts ({ NODE_ENV, JWT_KEYS, TOKEN_KEYS, AUTH_DEV_LOGIN, TURN_URLS, TURN_SECRET }: Given): string[] {
  const mistakes: string[] = []
  const production = NODE_ENV === 'production'
  if (production && !JWT_KEYS) mistakes.push('JWT_KEYS is required in production (`kid:secret`, a secret of 32 characters or more)')
  if (production && !TOKEN_KEYS) mistakes.push('TOKEN_KEYS is required in production (`kid:secret`, a secret of 32 characters or more)')
  if (production && AUTH_DEV_LOGIN) mistakes.push('AUTH_DEV_LOGIN is refused in production: anybody could be anybody')
  if (TURN_URLS && !TURN_SECRET) mistakes.push('TURN_SECRET is required with TURN_URLS')
  return mistakes
}

/** The known name with the fewest letters to change. */
function nearest (name: string): string {
  const [best] = Object.keys(schemaOf).sort((a, b) => distance(name, a) - distance(name, b))
  return best ?? ''
}

/** Levenshtein distance, one row at a time. */
function distance (a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}

function parseList (list: string | undefined): string[] {
  return (list ?? '').split(',').map(item => item.trim()).filter(item => item !== '')
}

function parseKeys (keys: string): NamedKey[] {
  return keys.split(',').map(pair => {
    const [kid = '', secret = ''] = pair.split(':')
    return { kid, secret }
  })
}

/** A key of this machine's own, made once and kept beside the data, readable by nobody else. */
function generatedKeys (dataDir: string, name: string): NamedKey[] {
  const file = join(dataDir, name)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) writeFileSync(file, `local:${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  return parseKeys(readFileSync(file, 'utf8').trim())
}
