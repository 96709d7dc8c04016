import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import { Type, type Static } from 'typebox'
import { formats, parseList, type FormatName } from './formats.ts'
import { generatedKeys, parseKeys, type NamedKey } from './keys.ts'
import { ConfigError, conflicts, misfit, unknownNames, type Environment, type SettingSchemas } from './mistakes.ts'
import { cachedWorkerPath } from '../media/worker-binary.ts'

export { ConfigError }
export type { NamedKey }

/** What a Node.js timer can wait: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const longestTimerMs = 2_147_483_647
const dayMs = 24 * 3_600_000
const mostCount = 1_000_000_000
const gibibyte = 1_073_741_824
const mostBytes = 999_999_999_999_999

const Switch = (description: string) => Type.Boolean({ description })
const Text = (description: string, minLength = 1) => Type.String({ minLength, description })
const Formatted = (format: FormatName, description: string, options: { default?: string } = {}) =>
  Type.String({ format, description, ...options })
const Secret = (description: string, options: { format?: FormatName; minLength?: number } = { minLength: 1 }) =>
  Type.String({ secret: true, description, ...options })
const Port = (description: string, options: { default?: number } = {}) =>
  Type.Integer({ minimum: 0, maximum: 65_535, description, ...options })
const Count = (value: number, description: string, maximum = mostCount) =>
  Type.Integer({ minimum: 1, maximum, default: value, description })
const DurationMs = (value: number, description: string, maximum = longestTimerMs) =>
  Count(value, `${description}, ms`, maximum)
const OneOf = <const V extends readonly string[]>(values: V, value: V[number], description: string) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: values, default: value, description })

/** Every setting there is: environment variables, each with what it means. */
export const Settings = Type.Object(
  {
    NODE_ENV: OneOf(['development', 'production', 'test'], 'development', '`production` turns on the strict checks'),
    HOST: Formatted('host', 'where HTTP and Socket.io listen', { default: '127.0.0.1' }),
    PORT: Port('0 takes a free one', { default: 3000 }),
    PUBLIC_URL: Type.Optional(Formatted('web-url', 'how clients reach us; unset: http://HOST:PORT')),
    TRUST_PROXY: Type.Boolean({
      default: false,
      description: 'take the client address from the X-Forwarded-For of one proxy'
    }),
    CORS_ORIGINS: Type.Optional(Formatted('origins', 'whose pages may call us; unset: PUBLIC_URL')),
    DATA_DIR: Type.String({
      minLength: 1,
      default: './data',
      description: 'embedded store, folder storage, generated keys'
    }),
    MONGODB_URL: Type.Optional(Secret('a MongoDB; unset: the embedded store', { format: 'mongodb-url' })),
    REDIS_URL: Type.Optional(Secret('makes several nodes one; unset: one node', { format: 'redis-url' })),
    STORAGE_URL: Type.Optional(
      Secret('where bytes are kept; unset: a folder under DATA_DIR', { format: 'storage-url' })
    ),
    AWS_ACCESS_KEY_ID: Type.Optional(Secret('for an s3: STORAGE_URL')),
    AWS_SECRET_ACCESS_KEY: Type.Optional(Secret('for an s3: STORAGE_URL')),
    JWT_KEYS: Type.Optional(Secret('they sign access tokens: the first signs, all verify', { format: 'keys' })),
    TOKEN_KEYS: Type.Optional(
      Secret('they encrypt third-party tokens: the first encrypts, all decrypt', { format: 'keys' })
    ),
    AUTH_DEV_LOGIN: Type.Optional(
      Switch('sign in with a name and nothing else; unset: on in development on a loopback HOST')
    ),
    AUTH_GUESTS: Type.Boolean({ default: false, description: 'let people listen without an account' }),
    ACCESS_TOKEN_TTL_MS: DurationMs(900_000, 'how long an access token is good'),
    REFRESH_TOKEN_TTL_MS: DurationMs(30 * dayMs, 'how long a sign-in lasts without being used', 3650 * dayMs),
    REDIRECT_URIS: Type.Optional(
      Formatted('redirects', 'where signing in may lead back to; unset: PUBLIC_URL/sign-in')
    ),
    OPERATOR_IDS: Type.Optional(
      Formatted('ids', 'who may see reports and act on them: ids of accounts, comma separated')
    ),
    SPOTIFY_CLIENT_ID: Type.Optional(Text('the app at Spotify; unset: Spotify is off')),
    SPOTIFY_CLIENT_SECRET: Type.Optional(Secret('of the app at Spotify')),
    SPOTIFY_ACCOUNTS_URL: Formatted('web-url', 'where Spotify signs people in', {
      default: 'https://accounts.spotify.com'
    }),
    SPOTIFY_API_URL: Formatted('web-url', 'where Spotify answers', { default: 'https://api.spotify.com/v1' }),
    SPOTIFY_PLAYER: Type.Boolean({
      default: false,
      description:
        "let listeners with Premium follow in Spotify's own player in the web client, which loads it from Spotify"
    }),
    OIDC_ISSUER: Type.Optional(Formatted('web-url', 'an OpenID Connect provider; unset: off')),
    OIDC_CLIENT_ID: Type.Optional(Text('of the app at the provider')),
    OIDC_CLIENT_SECRET: Type.Optional(Secret('of the app at the provider')),
    MEDIA_LISTEN_IP: Formatted('ip', 'address the media listens on, UDP and TCP', { default: '127.0.0.1' }),
    MEDIA_ANNOUNCED_ADDRESS: Type.Optional(Formatted('host', 'address clients send media to, when it is another')),
    MEDIA_PORT: Port('UDP and TCP; worker n uses MEDIA_PORT + n; 0 takes free ones', { default: 40_000 }),
    MEDIA_WORKERS: Count(availableParallelism(), 'media workers; unset: one per core', 256),
    MEDIA_LISTENERS_PER_WORKER: Count(500, 'a show goes on to a further worker at so many sessions'),
    MEDIASOUP_WORKER_BIN: Type.Optional(Text('the media worker; unset: found by setup')),
    TURN_URLS: Type.Optional(Formatted('turn-urls', 'relays for clients behind strict firewalls')),
    TURN_SECRET: Type.Optional(
      Secret('makes their time-limited credentials; 16 characters or more', { minLength: 16 })
    ),
    SONG_FRAME_MS: OneOf(
      ['20', '60'],
      '20',
      'frames of songs, ms: of 60 there are fewer to send, and one that is lost is a longer gap'
    ),
    SONG_KEEP_ORIGINALS: Type.Boolean({
      default: false,
      description: 'keep uploaded files beside the songs made of them'
    }),
    SONG_JOBS: Count(1, 'uploads made into songs at a time', 64),
    SONG_TIME_LIMIT_MS: DurationMs(
      10 * 60_000,
      'how much of a processor, and four times as long by the clock, each of the two steps of making a song may take'
    ),
    SONG_LEASE_MS: DurationMs(30_000, 'when another server takes up a song that its own has not been heard of'),
    CREATOR_GRACE_MS: DurationMs(120_000, 'how long a show waits for its creator'),
    SPEAKER_GRACE_MS: DurationMs(
      30_000,
      'how long a seat or a place in the queue is kept for somebody who lost the connection'
    ),
    DRAIN_DEADLINE_MS: DurationMs(30_000, 'how long stopping may take'),
    METRICS_PORT: Type.Optional(Port('where /metrics is; unset: on PORT, to loopback callers')),
    OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
      Formatted('web-url', 'a collector for traces, over OTLP/HTTP; unset: nothing is traced')
    ),
    OTEL_SERVICE_NAME: Type.String({ minLength: 1, default: 'ambient', description: 'what traces call this server' }),
    OTEL_TRACES_SAMPLER_ARG: Formatted('ratio', 'which part of the requests is traced, from 0 to 1', { default: '1' }),
    LOG_LEVEL: OneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info', "pino's levels"),
    LIMIT_BODY_BYTES: Count(1_048_576, 'REST body'),
    LIMIT_UPLOAD_BYTES: Count(104_857_600, 'one uploaded file'),
    LIMIT_SONGS_BYTES_PER_PERSON: Count(
      5 * gibibyte,
      'songs of one person, with their originals where those are kept',
      mostBytes
    ),
    LIMIT_SONG_MS: DurationMs(4 * 3_600_000, 'one song'),
    LIMIT_MESSAGE_BYTES: Count(16_384, 'socket message; over 64 KiB the socket is closed', 65_536),
    LIMIT_COMMENTS_PER_10S: Count(5, 'per person'),
    LIMIT_REACTIONS_PER_10S: Count(20, 'per person'),
    LIMIT_SPEAK_REQUESTS_PER_MINUTE: Count(6, 'per person'),
    LIMIT_MEDIA_EVENTS_PER_10S: Count(200, '`media:*` per socket'),
    LIMIT_EVENTS_PER_10S: Count(50, 'other events per socket'),
    LIMIT_SOCKETS_PER_PERSON: Count(5, 'sockets of one person'),
    LIMIT_STAGE: Count(10, 'seats besides the creator in a show whose creator chose no number', 50),
    LIMIT_QUEUE: Count(1000, 'people waiting to speak in one show'),
    LIMIT_AUDIO_BPS: Count(192_000, 'what one producer may send, bits per second'),
    LIMIT_REPORTS_PER_HOUR: Count(20, 'reports of one person'),
    LIMIT_REST_PER_MINUTE: Count(300, 'REST requests per person'),
    LIMIT_AUTH_PER_MINUTE: Count(20, '`/auth` requests per address'),
    LIMIT_SPOTIFY_CALLS_PER_MINUTE: Count(600, 'questions to Spotify, all people together'),
    LIMIT_SPOTIFY_CALLS_PER_MINUTE_PER_PERSON: Count(60, 'questions to Spotify for one person')
  },
  { additionalProperties: false }
)

type Given = Static<typeof Settings>
type Completed =
  | 'JWT_KEYS'
  | 'TOKEN_KEYS'
  | 'AUTH_DEV_LOGIN'
  | 'MEDIASOUP_WORKER_BIN'
  | 'STORAGE_URL'
  | 'TURN_URLS'
  | 'CORS_ORIGINS'
  | 'REDIRECT_URIS'
  | 'OPERATOR_IDS'

/** The settings as the server uses them: complete and checked. Empty CORS_ORIGINS and REDIRECT_URIS stand for those of the public URL. */
export type Config = Omit<Given, Completed> & {
  JWT_KEYS: NamedKey[]
  TOKEN_KEYS: NamedKey[]
  AUTH_DEV_LOGIN: boolean
  MEDIASOUP_WORKER_BIN: string
  STORAGE_URL: string
  TURN_URLS: string[]
  CORS_ORIGINS: string[]
  REDIRECT_URIS: string[]
  OPERATOR_IDS: string[]
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1)$/
const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  1: true,
  on: true,
  false: false,
  0: false,
  off: false
}
/** The settings' schemas as plain JSON Schema. */
const schemas: SettingSchemas = JSON.parse(JSON.stringify(Settings.properties))

/**
 * Reads the settings from an environment (the process's own when none is given). Throws ConfigError naming every
 * mistake at once: a value that does not fit, one that production needs, a name that begins like ours and is not known.
 */
export function loadConfig(env: Environment = process.env): Config {
  const given = pick(env)
  const fits = settingsCheck()
  const good = fits(given)
  const misfitting = new Set((good ? [] : (fits.errors ?? [])).map(({ instancePath }) => instancePath.slice(1)))
  const wrong = Object.entries(schemas).flatMap(([name, schema]) =>
    misfitting.has(name) ? [misfit(name, schema, env[name])] : []
  )
  const mistakes = [...unknownNames(env, schemas), ...wrong, ...conflicts(given)]
  if (!good || mistakes.length > 0) throw new ConfigError(mistakes)
  return complete(given, env)
}

/** The known settings of an environment, as the types their schema wants where that is possible. An empty one is unset. */
function pick(env: Environment): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const [name, { type }] of Object.entries(schemas)) {
    const value = env[name]
    if (value !== undefined && value !== '') given[name] = typed(value, type)
  }
  return given
}

function typed(value: string, type: string): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value)
  if (type === 'boolean') return booleans[value.toLowerCase()] ?? value
  return value
}

/** Checks settings and fills in the defaults. */
function settingsCheck() {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false })
  for (const [name, { validate }] of Object.entries(formats)) ajv.addFormat(name, { validate })
  return ajv.compile<Given>(Settings)
}

/** What is worked out from good settings. */
function complete(given: Given, env: Environment): Config {
  const {
    JWT_KEYS,
    TOKEN_KEYS,
    TURN_URLS = '',
    CORS_ORIGINS = '',
    REDIRECT_URIS = '',
    OPERATOR_IDS = '',
    ...rest
  } = given
  const DATA_DIR = resolve(given.DATA_DIR)
  return {
    ...rest,
    DATA_DIR,
    JWT_KEYS: JWT_KEYS ? parseKeys(JWT_KEYS) : ownKeys(DATA_DIR, 'jwt-keys'),
    TOKEN_KEYS: TOKEN_KEYS ? parseKeys(TOKEN_KEYS) : ownKeys(DATA_DIR, 'token-keys'),
    // Where others can reach the server, it has to be turned on on purpose.
    AUTH_DEV_LOGIN: given.AUTH_DEV_LOGIN ?? (given.NODE_ENV !== 'production' && loopback.test(given.HOST)),
    MEDIASOUP_WORKER_BIN: given.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(env),
    STORAGE_URL: given.STORAGE_URL ?? pathToFileURL(join(DATA_DIR, 'storage')).href,
    TURN_URLS: parseList(TURN_URLS),
    CORS_ORIGINS: parseList(CORS_ORIGINS),
    REDIRECT_URIS: parseList(REDIRECT_URIS),
    OPERATOR_IDS: parseList(OPERATOR_IDS)
  }
}

function ownKeys(dataDir: string, name: string): NamedKey[] {
  try {
    return generatedKeys(dataDir, name)
  } catch (error) {
    throw new ConfigError([`DATA_DIR does not do: ${error instanceof Error ? error.message : String(error)}`])
  }
}
