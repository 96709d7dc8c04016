import { isIP } from 'node:net'
import { parseStorageUrl } from './storage-url.ts'

/** The format of a setting's value: a check, and a description of valid values for the operator. */
interface SettingFormat {
  validate(value: string): boolean
  right: string
}

const webUrl = (value: string) => /^https?:\/\//.test(value) && URL.canParse(value)

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

/** The formats that schemas of settings can name. */
export const formats = {
  'web-url': { validate: webUrl, right: 'must be a URL that begins with http:// or https://' },
  'mongodb-url': {
    validate: value => /^mongodb(\+srv)?:\/\/[^/\s]+/.test(value),
    right: 'must be mongodb://HOST/DATABASE or mongodb+srv://HOST/DATABASE'
  },
  'redis-url': {
    validate: value => /^rediss?:\/\//.test(value) && URL.canParse(value),
    right: 'must be a URL that begins with redis:// or rediss://'
  },
  'storage-url': {
    validate: value => parseStorageUrl(value) !== null,
    right:
      'must be file:FOLDER, gridfs: or s3://BUCKET/PREFIX?endpoint=URL&region=NAME&pathStyle=on, without keys in it'
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
  'turn-urls': {
    validate: each(item => /^turns?:[^\s]+$/.test(item)),
    right: 'must be addresses that begin with turn: or turns:, comma separated'
  },
  keys: {
    validate: hasKeys,
    right: 'must be `kid:secret` pairs, comma separated, each kid once, each secret of 32 characters or more'
  },
  ratio: { validate: value => /^(0(\.\d+)?|1(\.0+)?)$/.test(value), right: 'must be a number from 0 to 1' },
  ip: { validate: value => isIP(value) !== 0, right: 'must be an IP address' },
  host: { validate: value => /^[^\s/]+$/.test(value), right: 'must be an IP address or a host name' }
} as const satisfies Record<string, SettingFormat>

export type FormatName = keyof typeof formats

/** Returns the items of a comma-separated list, without empty items. */
export function parseList(list: string): string[] {
  return list
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}
