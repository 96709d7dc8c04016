import { formats, parseList } from './formats.ts'
import { parseStorageUrl } from './storage-url.ts'

/** Reports settings that depend on each other or exclude each other. Invalid values are reported elsewhere. */
export function conflicts(given: Readonly<Record<string, unknown>>): string[] {
  return [
    ...productionMistakes(given),
    ...clusterMistakes(given),
    ...incompleteGroups(given),
    ...portMistakes(given),
    ...pushMistakes(given),
    ...mailMistakes(given),
    ...kafkaMistakes(given),
    ...sourceMistakes(given)
  ]
}

function productionMistakes({
  NODE_ENV,
  JWT_KEYS,
  TOKEN_KEYS,
  AUTH_DEV_LOGIN,
  NOTIFY_PRIVATE_ADDRESSES
}: Readonly<Record<string, unknown>>): string[] {
  if (NODE_ENV !== 'production') return []
  const mistakes: string[] = []
  if (!JWT_KEYS) mistakes.push(`JWT_KEYS is required in production: it ${formats.keys.right}`)
  if (!TOKEN_KEYS) mistakes.push(`TOKEN_KEYS is required in production: it ${formats.keys.right}`)
  if (AUTH_DEV_LOGIN === true) {
    mistakes.push('AUTH_DEV_LOGIN is refused in production: anybody could sign in as anybody')
  }
  if (NOTIFY_PRIVATE_ADDRESSES === true) {
    mistakes.push('NOTIFY_PRIVATE_ADDRESSES is refused in production: people could reach machines behind this one')
  }
  return mistakes
}

/** Reports what the nodes of a cluster must share and this one would keep to itself. */
function clusterMistakes(given: Readonly<Record<string, unknown>>): string[] {
  const { NODE_ENV, REDIS_URL, STORAGE_URL } = given
  if (typeof REDIS_URL !== 'string' || !formats['redis-url'].validate(REDIS_URL)) return []
  const isProduction = NODE_ENV === 'production'
  // Production reports missing keys itself.
  const mistakes = ['MONGODB_URL', ...(isProduction ? [] : ['JWT_KEYS', 'TOKEN_KEYS'])]
    .filter(name => given[name] === undefined)
    .map(name => `${name} is missing: all nodes with this REDIS_URL must have the same`)
  const storage = typeof STORAGE_URL === 'string' ? parseStorageUrl(STORAGE_URL) : undefined
  if (storage === undefined || storage?.home === 'folder') {
    mistakes.push('STORAGE_URL must be gridfs: or s3://… with REDIS_URL: other nodes cannot read a folder')
  }
  if (isProduction && !/^(rediss:|redis(\+sentinel)?:\/\/[^@:]*:[^@]+@)/.test(REDIS_URL)) {
    mistakes.push('REDIS_URL needs a password or rediss:// in production: a client of Redis can control all shows')
  }
  return mistakes
}

const groups = [
  ['HTTPS_CERT', 'HTTPS_KEY'],
  ['TURN_URLS', 'TURN_SECRET'],
  ['SPOTIFY_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID'],
  ['SMTP_URL', 'MAIL_FROM'],
  ['KAFKA_SASL_MECHANISM', 'KAFKA_USERNAME', 'KAFKA_PASSWORD']
]

/** Reports groups of which only some settings are set: the feature would be off without a message. */
function incompleteGroups(given: Readonly<Record<string, unknown>>): string[] {
  const mistakes = groups.flatMap(names => {
    const present = names.filter(name => given[name] !== undefined)
    if (present.length === 0) return []
    return names
      .filter(name => given[name] === undefined)
      .map(name => `${name} is missing: it goes with ${present.join(' and ')}`)
  })
  const users = [
    { name: 'STORAGE_URL', scheme: 's3:', text: 'an s3: STORAGE_URL' },
    { name: 'RECORDS_URL', scheme: 'dynamodb:', text: 'a dynamodb: RECORDS_URL' }
  ].filter(({ name, scheme }) => String(given[name]).startsWith(scheme))
  const missing = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter(name => given[name] === undefined)
  const need = users.map(({ text }) => text).join(' and ')
  return users.length === 0
    ? mistakes
    : [...mistakes, ...missing.map(name => `${name} is missing: it goes with ${need}`)]
}

/** Reports a contact without a key where no key is made: push would be off without a message. */
function pushMistakes(given: Readonly<Record<string, unknown>>): string[] {
  const { NODE_ENV, REDIS_URL, PUSH_CONTACT, PUSH_VAPID_KEY } = given
  if (PUSH_CONTACT === undefined || PUSH_VAPID_KEY !== undefined) return []
  if (NODE_ENV !== 'production' && REDIS_URL === undefined) return []
  return ['PUSH_VAPID_KEY is missing: it goes with PUSH_CONTACT in production and with REDIS_URL']
}

/** Reports certificates without a server that they belong to. */
function mailMistakes({ SMTP_URL, SMTP_TLS_CA }: Readonly<Record<string, unknown>>): string[] {
  return SMTP_URL === undefined && SMTP_TLS_CA !== undefined ? ['SMTP_URL is missing: it goes with SMTP_TLS_CA'] : []
}

/** Reports settings of Kafka that would have no effect, and a password that would be readable on its way. */
function kafkaMistakes(given: Readonly<Record<string, unknown>>): string[] {
  const { NODE_ENV, KAFKA_BROKERS, KAFKA_SASL_MECHANISM, KAFKA_TLS, KAFKA_TLS_CA } = given
  const mistakes: string[] = []
  const needBrokers = ['KAFKA_SASL_MECHANISM', 'KAFKA_TLS_CA'].filter(name => given[name] !== undefined)
  if (KAFKA_TLS === true) needBrokers.push('KAFKA_TLS')
  if (KAFKA_BROKERS === undefined && needBrokers.length > 0) {
    mistakes.push(`KAFKA_BROKERS is missing: it goes with ${needBrokers.join(' and ')}`)
  }
  if (KAFKA_TLS_CA !== undefined && KAFKA_TLS !== true) mistakes.push('KAFKA_TLS must be on: KAFKA_TLS_CA goes with it')
  if (NODE_ENV === 'production' && KAFKA_SASL_MECHANISM === 'plain' && KAFKA_TLS !== true) {
    mistakes.push('KAFKA_TLS must be on in production with KAFKA_SASL_MECHANISM plain: it sends the password as it is')
  }
  return mistakes
}

/** Settings without which a source of metadata answers nothing, or blocks this server. */
const neededBySources: Readonly<Record<string, readonly string[]>> = {
  musicbrainz: ['METADATA_CONTACT'],
  discogs: ['DISCOGS_TOKEN', 'METADATA_CONTACT'],
  lastfm: ['LASTFM_API_KEY', 'METADATA_CONTACT']
}

function sourceMistakes(given: Readonly<Record<string, unknown>>): string[] {
  if (typeof given.METADATA_SOURCES !== 'string') return []
  const sources = parseList(given.METADATA_SOURCES)
  const needed = new Set(sources.flatMap(source => neededBySources[source] ?? []))
  return [...needed]
    .filter(name => given[name] === undefined)
    .map(name => {
      const users = sources.filter(source => neededBySources[source]?.includes(name))
      return `${name} is missing: ${users.join(' and ')} in METADATA_SOURCES cannot be asked without it`
    })
}

const maxPort = 65_535

function portMistakes({ PORT, METRICS_PORT, MEDIA_PORT, MEDIA_WORKERS }: Readonly<Record<string, unknown>>): string[] {
  const mistakes: string[] = []
  if (METRICS_PORT !== undefined && METRICS_PORT !== 0 && METRICS_PORT === PORT) {
    mistakes.push('METRICS_PORT is the same as PORT: it must be a different port, or unset')
  }
  if (typeof MEDIA_PORT !== 'number' || typeof MEDIA_WORKERS !== 'number' || MEDIA_PORT === 0) return mistakes
  const last = MEDIA_PORT + MEDIA_WORKERS - 1
  if (last > maxPort) {
    mistakes.push(
      `MEDIA_PORT is too high: with ${MEDIA_WORKERS} workers it must be at most ${maxPort - MEDIA_WORKERS + 1}`
    )
  }
  if (typeof PORT === 'number' && PORT >= MEDIA_PORT && PORT <= last) {
    mistakes.push(`MEDIA_PORT is in conflict with PORT: the workers use ${MEDIA_PORT} to ${last}`)
  }
  return mistakes
}
