import { createECDH } from 'node:crypto'
import { isIP } from 'node:net'
import { metadataSources, type MetadataSource } from '../contract/metadata.ts'
import { baseUrl, host, isBroker, mongodbUrl, redisUrl, turnUrl, webUrl } from './address-formats.ts'
import { parseRecordsUrl } from './records-url.ts'
import { isMailSender, parseSmtpUrl } from './smtp-url.ts'
import { parseStorageUrl } from './storage-url.ts'

/** The format of a setting's value: a check, and a description of valid values for the operator. */
interface SettingFormat {
  validate(value: string): boolean
  right: string
}

/** Checks the address of a page or an app. Browsers do not send a fragment to the server, so it is not allowed. */
const redirectUri = (value: string) =>
  URL.canParse(value) && !value.includes('#') && !/^(javascript|data):/i.test(value)

function originOnly(value: string): boolean {
  return webUrl(value) && new URL(value).origin === value
}

function hasKeys(value: string): boolean {
  const pairs = value.split(',')
  const names = new Set(pairs.map(pair => pair.split(':')[0]))
  return names.size === pairs.length && pairs.every(pair => /^[A-Za-z0-9_-]+:[^:]{32,}$/.test(pair))
}

const each = (isValid: (item: string) => boolean) => (value: string) => parseList(value).every(isValid)

const isSource = (name: string): name is MetadataSource => metadataSources.some(source => source === name)

/** Checks that every item is a source of metadata, and that none is there twice. */
function areSources(value: string): boolean {
  const items = parseList(value)
  return items.length > 0 && items.every(isSource) && new Set(items).size === items.length
}

/** Checks what a user agent names after the version; it is sent in brackets, in a header. */
const contact = (value: string) =>
  /^[\x21-\x7e]{3,200}$/.test(value) &&
  !/[()]/.test(value) &&
  (/^(mailto:)?[^@\s/:]+@[^@\s/:]+$/.test(value) || webUrl(value))

/** Checks a private key of the curve P-256: https://www.rfc-editor.org/rfc/rfc8292#section-2 */
function vapidKey(value: string): boolean {
  if (!/^[A-Za-z0-9_-]{43}$/.test(value)) return false
  try {
    createECDH('prime256v1').setPrivateKey(value, 'base64url')
    return true
  } catch {
    return false
  }
}

/** Checks the contact that a push service gets: https://www.rfc-editor.org/rfc/rfc8292#section-2.1 */
const pushContact = (value: string) =>
  /^mailto:[^@\s]+@[^@\s]+$/.test(value) || (/^https:/i.test(value) && webUrl(value))

/** The formats that schemas of settings can name. */
export const formats = {
  'web-url': {
    validate: webUrl,
    right: 'must be a URL that begins with http:// or https://, without a password and a fragment'
  },
  'base-url': {
    validate: baseUrl,
    right: 'must be a URL that begins with http:// or https://, without a password, a query and a fragment'
  },
  'mongodb-url': {
    validate: mongodbUrl,
    right: 'must be mongodb://HOST/DATABASE or mongodb+srv://HOST/DATABASE, with options that the driver knows'
  },
  'redis-url': {
    validate: redisUrl,
    right:
      'must be redis://USER:PASSWORD@HOST:PORT/NUMBER, rediss://… or ' +
      'redis+sentinel://USER:PASSWORD@HOST:PORT,HOST:PORT/NAME/NUMBER, with no query; only the host, and the name of ' +
      'what sentinels watch, are required, and user name and password are percent-encoded'
  },
  brokers: {
    validate: value => parseList(value).length > 0 && parseList(value).every(isBroker),
    right: 'must be HOST:PORT, comma separated, without a scheme'
  },
  'topic-prefix': {
    validate: value => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(value),
    right: 'must have 1 to 100 letters, digits, dots, hyphens and underscores, and not begin with a dot'
  },
  'storage-url': {
    validate: value => parseStorageUrl(value) !== null,
    right:
      'must be file:FOLDER, gridfs: or s3://BUCKET/PREFIX?endpoint=URL&region=NAME&pathStyle=on, without keys in it'
  },
  'records-url': {
    validate: value => parseRecordsUrl(value) !== null,
    right: 'must be mongodb: or dynamodb://REGION/TABLE?endpoint=URL, without keys in it'
  },
  origins: {
    validate: each(originOnly),
    right: 'must be origins such as https://example.org, without a path, comma separated'
  },
  redirects: { validate: each(redirectUri), right: 'must be absolute URLs without a fragment, comma separated' },
  ids: {
    validate: each(item => /^[A-Za-z0-9_-]{1,64}$/.test(item)),
    right: 'must be account ids, comma separated'
  },
  'metadata-sources': {
    validate: areSources,
    right: `must be some of ${metadataSources.join(', ')}, each once, comma separated`
  },
  contact: { validate: contact, right: 'must be a mail address or a URL that begins with http:// or https://' },
  'node-id': {
    validate: value => /^[A-Za-z0-9_-]{1,64}$/.test(value),
    right: 'must have 1 to 64 letters, digits, hyphens and underscores'
  },
  'turn-urls': {
    validate: each(turnUrl),
    right: 'must be turn:HOST:PORT or turns:HOST:PORT, with ?transport=udp or tcp if needed, comma separated'
  },
  keys: {
    validate: hasKeys,
    right: 'must be `kid:secret` pairs, comma separated, each kid once, each secret of 32 characters or more'
  },
  ratio: { validate: value => /^(0(\.\d+)?|1(\.0+)?)$/.test(value), right: 'must be a number from 0 to 1' },
  'port-range': {
    validate: value => parsePortRange(value) !== null,
    right: 'must be two ports from 1 to 65535 such as 41000-48999, the lower one first'
  },
  ip: { validate: value => isIP(value) !== 0, right: 'must be an IP address' },
  host: { validate: host, right: 'must be an IP address or a host name, without a port' },
  // https://www.rfc-editor.org/rfc/rfc6749#appendix-A.1
  credential: { validate: value => /^[\x20-\x7e]+$/.test(value), right: 'must have only printable ASCII characters' },
  // It is sent in a header.
  'spoken-language': {
    validate: value => /^(auto|[a-z]{2,3}(_[a-z]{2,3})?)$/.test(value),
    right: 'must be auto, or the code of a language such as en'
  },
  'vapid-key': { validate: vapidKey, right: 'must be a private key of the curve P-256: 43 characters of base64url' },
  'push-contact': { validate: pushContact, right: 'must begin with mailto: or https://' },
  'smtp-url': {
    validate: value => parseSmtpUrl(value) !== null,
    right:
      'must be smtp://USER:PASSWORD@HOST:PORT or smtps://…, with no path and query; only the host is required, and ' +
      'user name and password are percent-encoded'
  },
  'mail-sender': {
    validate: isMailSender,
    right: 'must be an address such as radio@example.org, or NAME <radio@example.org>'
  },
  'access-key': {
    validate: value => /^[\x21-\x7e]+$/.test(value),
    right: 'must have only ASCII letters, digits and signs'
  }
} as const satisfies Record<string, SettingFormat>

export type FormatName = keyof typeof formats

/** A range of ports, both ends included. */
export interface PortRange {
  min: number
  max: number
}

/** Returns the range of ports that a text such as 41000-48999 names; null when it names none. */
export function parsePortRange(text: string): PortRange | null {
  const [, min = 0, max = 0] = /^(\d{1,5})-(\d{1,5})$/.exec(text)?.map(Number) ?? []
  return min >= 1 && min <= max && max <= 65_535 ? { min, max } : null
}

/** Returns the items of a comma-separated list, without empty items. */
export function parseList(list: string): string[] {
  return list
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

/** Returns the sources of metadata that a list names, in its order. */
export function parseSources(list: string): MetadataSource[] {
  return parseList(list).filter(isSource)
}

/**
 * Returns a public URL as browsers write it, without a trailing slash: the scheme and host in lower case, and no
 * default port. Addresses of pages are compared as text.
 */
export function normalizePublicUrl(url: string): string {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`.replace(/\/+$/, '')
}

/** Returns the redirect URIs as they are given and as browsers write them. A request must send one of them exactly. */
export function withNormalized(uris: readonly string[]): string[] {
  return [...new Set(uris.flatMap(uri => [uri, new URL(uri).href]))]
}
