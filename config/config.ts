import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import type { Static } from 'typebox'
import type { MetadataSource } from '../contract/metadata.ts'
import { isLoopback } from './addresses.ts'
import {
  formats,
  normalizePublicUrl,
  parseList,
  parsePortRange,
  parseSources,
  withNormalized,
  type PortRange
} from './formats.ts'
import { generatedKeys, generatedVapidKey, parseKeys, type NamedKey } from './keys.ts'
import { ConfigError, invalidValue, type Environment, type SettingSchemas } from './mistakes.ts'
import { servingMistakes } from './serving-mistakes.ts'
import { conflicts } from './setting-conflicts.ts'
import { Settings } from './settings.ts'
import { unknownNames } from './unknown-names.ts'
import { cachedWorkerPath } from '../media/worker-binary.ts'

export { ConfigError }
export type { NamedKey }

type Given = Static<typeof Settings>
type Completed =
  | 'JWT_KEYS'
  | 'TOKEN_KEYS'
  | 'AUTH_DEV_LOGIN'
  | 'AUTH_GUESTS'
  | 'MEDIASOUP_WORKER_BIN'
  | 'STORAGE_URL'
  | 'MEDIA_PIPE_PORTS'
  | 'TURN_URLS'
  | 'CORS_ORIGINS'
  | 'REDIRECT_URIS'
  | 'OPERATOR_IDS'
  | 'KAFKA_BROKERS'
  | 'METADATA_SOURCES'

/**
 * The settings as the server uses them: complete and checked. When CORS_ORIGINS or REDIRECT_URIS is empty, the value
 * for the public URL applies.
 */
export type Config = Omit<Given, Completed> & {
  JWT_KEYS: NamedKey[]
  TOKEN_KEYS: NamedKey[]
  AUTH_DEV_LOGIN: boolean
  AUTH_GUESTS: boolean
  MEDIASOUP_WORKER_BIN: string
  STORAGE_URL: string
  MEDIA_PIPE_PORTS: PortRange
  TURN_URLS: string[]
  CORS_ORIGINS: string[]
  REDIRECT_URIS: string[]
  OPERATOR_IDS: string[]
  /** Empty: there is no Kafka. */
  KAFKA_BROKERS: string[]
  METADATA_SOURCES: MetadataSource[]
}

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
 * Reads the settings of a server from an environment, by default that of the process.
 * @throws ConfigError that lists all mistakes: invalid values, values that production requires, and unknown names with
 * one of our prefixes
 */
export function loadConfig(env: Environment = process.env): Config {
  const config = load(env, given => [...conflicts(given), ...servingMistakes(given)])
  return { ...config, ...vapidKeyOf(config) }
}

/**
 * Reads the settings of a server for a command that only uses its data, such as a backup. Settings at which clients
 * reach a server may be missing.
 * @throws ConfigError that lists all mistakes, as `loadConfig` does
 */
export function loadDataConfig(env: Environment = process.env): Config {
  return load(env, conflicts)
}

function load(env: Environment, dependencyMistakes: (given: Readonly<Record<string, unknown>>) => string[]): Config {
  const given = pick(env)
  const validate = compileSettings()
  const isValid = validate(given)
  const mistakes = [...unknownNames(env, schemas), ...invalidValues(validate.errors, env), ...dependencyMistakes(given)]
  if (!isValid || mistakes.length > 0) throw new ConfigError(mistakes)
  return complete(given, env)
}

/**
 * Reads some of the settings, for a process that needs no others. `required` are those among them that must be set.
 * @throws ConfigError that lists all mistakes in these settings
 */
export function loadSettings<N extends keyof Given, R extends N>(
  names: readonly N[],
  required: readonly R[],
  env: Environment = process.env
): Pick<Given, N> & Required<Pick<Given, R>> {
  const given = pick(Object.fromEntries(names.map(name => [name, env[name]])))
  const validate = compileSettings()
  const isValid = validate(given)
  const missing = required.filter(name => given[name] === undefined)
  const mistakes = [
    ...invalidValues(validate.errors, env),
    ...missing.map(name => `${name} is missing: this process needs it`)
  ]
  if (!isValid || mistakes.length > 0) throw new ConfigError(mistakes)
  return given as Given & Required<Pick<Given, R>>
}

function invalidValues(errors: readonly { instancePath: string }[] | null | undefined, env: Environment): string[] {
  const names = new Set((errors ?? []).map(({ instancePath }) => instancePath.slice(1)))
  return Object.entries(schemas).flatMap(([name, schema]) =>
    names.has(name) ? [invalidValue(name, schema, env[name])] : []
  )
}

/**
 * Picks the known settings and converts them to the types of their schemas where possible. An empty setting is unset.
 */
function pick(env: Environment): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const [name, { type }] of Object.entries(schemas)) {
    const value = env[name]
    if (value !== undefined && value !== '') given[name] = convert(value, type)
  }
  return given
}

function convert(value: string, type: string): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(value)) return Number(value)
  if (type === 'boolean') return booleans[value.toLowerCase()] ?? value
  return value
}

/** Returns a function that validates settings and fills in the defaults. */
function compileSettings() {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false })
  for (const [name, { validate }] of Object.entries(formats)) ajv.addFormat(name, { validate })
  return ajv.compile<Given>(Settings)
}

/** Parses lists and derives the settings that are unset. */
function complete(given: Given, env: Environment): Config {
  const {
    JWT_KEYS,
    TOKEN_KEYS,
    TURN_URLS = '',
    CORS_ORIGINS = '',
    REDIRECT_URIS = '',
    OPERATOR_IDS = '',
    KAFKA_BROKERS = '',
    METADATA_SOURCES,
    PUBLIC_URL,
    ...rest
  } = given
  const DATA_DIR = resolve(given.DATA_DIR)
  return {
    ...rest,
    ...(PUBLIC_URL !== undefined && { PUBLIC_URL: normalizePublicUrl(PUBLIC_URL) }),
    DATA_DIR,
    JWT_KEYS: JWT_KEYS ? parseKeys(JWT_KEYS) : ownKeys(DATA_DIR, 'jwt-keys'),
    TOKEN_KEYS: TOKEN_KEYS ? parseKeys(TOKEN_KEYS) : ownKeys(DATA_DIR, 'token-keys'),
    // When other machines can reach the server, operators must turn this on explicitly.
    AUTH_DEV_LOGIN: given.AUTH_DEV_LOGIN ?? (given.NODE_ENV !== 'production' && isLoopback(given.HOST)),
    AUTH_GUESTS: given.AUTH_GUESTS ?? given.NODE_ENV !== 'production',
    MEDIASOUP_WORKER_BIN: given.MEDIASOUP_WORKER_BIN ?? cachedWorkerPath(env),
    STORAGE_URL: given.STORAGE_URL ?? pathToFileURL(join(DATA_DIR, 'storage')).href,
    MEDIA_PIPE_PORTS: portRange(given.MEDIA_PIPE_PORTS),
    TURN_URLS: parseList(TURN_URLS),
    CORS_ORIGINS: parseList(CORS_ORIGINS),
    REDIRECT_URIS: withNormalized(parseList(REDIRECT_URIS)),
    OPERATOR_IDS: parseList(OPERATOR_IDS),
    KAFKA_BROKERS: parseList(KAFKA_BROKERS),
    METADATA_SOURCES: parseSources(METADATA_SOURCES)
  }
}

/** A key of this machine alone would end with it, and other nodes would not have it. */
function vapidKeyOf({ PUSH_VAPID_KEY, NODE_ENV, REDIS_URL, DATA_DIR }: Config): Pick<Config, 'PUSH_VAPID_KEY'> {
  if (PUSH_VAPID_KEY !== undefined || NODE_ENV === 'production' || REDIS_URL !== undefined) return {}
  return { PUSH_VAPID_KEY: made(() => generatedVapidKey(DATA_DIR)) }
}

function portRange(text: string): PortRange {
  const range = parsePortRange(text)
  if (!range) throw new ConfigError([`MEDIA_PIPE_PORTS ${formats['port-range'].right}`])
  return range
}

function ownKeys(dataDir: string, name: string): NamedKey[] {
  return made(() => generatedKeys(dataDir, name))
}

/** Returns what is made in the data folder on first use. Throws ConfigError when that fails. */
function made<T>(make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw new ConfigError([`DATA_DIR cannot be used: ${error instanceof Error ? error.message : String(error)}`])
  }
}
