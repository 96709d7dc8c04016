import { formats, type FormatName } from './formats.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A setting's schema as plain JSON Schema. */
export interface SettingSchema {
  type: 'string' | 'integer' | 'boolean'
  description: string
  secret?: boolean
  enum?: readonly string[]
  format?: FormatName
  minimum?: number
  maximum?: number
  minLength?: number
}

export type SettingSchemas = Readonly<Record<string, SettingSchema>>

/** What is wrong with the settings, all of it; the message is meant for the operator's eyes. */
export class ConfigError extends Error {
  constructor(mistakes: readonly string[]) {
    super(`The settings need a change:\n${mistakes.map(mistake => `  - ${mistake}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

/** A value that does not fit: what it is, unless it is a secret, and what is right. */
export function misfit(
  name: string,
  { secret, description, ...schema }: SettingSchema,
  value: string | undefined
): string {
  const wrong = secret || value === undefined ? 'is wrong' : `is ${JSON.stringify(value.slice(0, 100))}`
  return `${name} ${wrong}: it ${right(schema)} (${description})`
}

function right({
  type,
  enum: words,
  format,
  minimum,
  maximum,
  minLength
}: Omit<SettingSchema, 'description' | 'secret'>): string {
  if (words) return `must be one of ${words.join(', ')}`
  if (format) return formats[format].right
  if (type === 'boolean') return 'must be on or off (or true or false, 1 or 0)'
  if (type === 'integer') return `must be a whole number from ${minimum} to ${maximum}`
  return `must have ${minLength} characters or more`
}

const ourPrefixes = ['MEDIA_', 'SPOTIFY_', 'OIDC_', 'TURN_', 'AUTH_', 'SONG_', 'LIMIT_', 'OPERATOR_']

/** Names that begin like ours and are not: most likely a typing error that would go unnoticed. */
export function unknownNames(env: Environment, schemas: SettingSchemas): string[] {
  return Object.keys(env)
    .filter(name => ourPrefixes.some(prefix => name.startsWith(prefix)) && !Object.hasOwn(schemas, name))
    .map(name => `${name} is not a setting${suggestion(name, Object.keys(schemas))}`)
}

/** Settings that need each other or exclude each other. Values that do not fit are named elsewhere. */
export function conflicts(given: Readonly<Record<string, unknown>>): string[] {
  return [...productionMistakes(given), ...halves(given), ...portMistakes(given)]
}

function productionMistakes({
  NODE_ENV,
  JWT_KEYS,
  TOKEN_KEYS,
  AUTH_DEV_LOGIN
}: Readonly<Record<string, unknown>>): string[] {
  if (NODE_ENV !== 'production') return []
  const mistakes: string[] = []
  if (!JWT_KEYS) mistakes.push(`JWT_KEYS is required in production: it ${formats.keys.right}`)
  if (!TOKEN_KEYS) mistakes.push(`TOKEN_KEYS is required in production: it ${formats.keys.right}`)
  if (AUTH_DEV_LOGIN === true) mistakes.push('AUTH_DEV_LOGIN is refused in production: anybody could be anybody')
  return mistakes
}

const belongTogether = [
  ['TURN_URLS', 'TURN_SECRET'],
  ['SPOTIFY_CLIENT_ID', 'SPOTIFY_CLIENT_SECRET'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']
]

/** Half of a thing would leave it off without a word. */
function halves(given: Readonly<Record<string, unknown>>): string[] {
  const mistakes = belongTogether.flatMap(names => {
    const present = names.filter(name => given[name] !== undefined)
    if (present.length === 0) return []
    return names
      .filter(name => given[name] === undefined)
      .map(name => `${name} is missing: it goes with ${present.join(' and ')}`)
  })
  const s3 = typeof given.STORAGE_URL === 'string' && given.STORAGE_URL.startsWith('s3:')
  const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter(name => s3 && given[name] === undefined)
  return [...mistakes, ...keys.map(name => `${name} is missing: it goes with an s3: STORAGE_URL`)]
}

const lastPort = 65_535

function portMistakes({ PORT, METRICS_PORT, MEDIA_PORT, MEDIA_WORKERS }: Readonly<Record<string, unknown>>): string[] {
  const mistakes: string[] = []
  if (METRICS_PORT !== undefined && METRICS_PORT !== 0 && METRICS_PORT === PORT) {
    mistakes.push('METRICS_PORT is the same as PORT: it must be another, or unset')
  }
  if (typeof MEDIA_PORT !== 'number' || typeof MEDIA_WORKERS !== 'number' || MEDIA_PORT === 0) return mistakes
  const last = MEDIA_PORT + MEDIA_WORKERS - 1
  if (last > lastPort) {
    mistakes.push(
      `MEDIA_PORT is too high: with ${MEDIA_WORKERS} workers it must be at most ${lastPort - MEDIA_WORKERS + 1}`
    )
  }
  if (typeof PORT === 'number' && PORT >= MEDIA_PORT && PORT <= last) {
    mistakes.push(`MEDIA_PORT is in the way of PORT: the workers use ${MEDIA_PORT} to ${last}`)
  }
  return mistakes
}

/** The known name with the fewest letters to change, unless that would be another word. */
function suggestion(name: string, known: readonly string[]): string {
  const [best = ''] = known.toSorted((a, b) => distance(name, a) - distance(name, b))
  return distance(name, best) <= name.length / 3 ? `; did you mean ${best}?` : ''
}

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
      )
    }
    row = next
  }
  return row[b.length] ?? 0
}
