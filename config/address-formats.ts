import { isIP } from 'node:net'
import { MongoClient } from 'mongodb'

/** Requests with a user name or password in the URL are refused, and errors would name them. */
export function webUrl(value: string): boolean {
  if (!/^https?:\/\//i.test(value) || !URL.canParse(value)) return false
  const { username, password, hash } = new URL(value)
  return username + password + hash === ''
}

/** Checks a URL as the driver reads it, which does not connect: its own error would contain the password. */
export function mongodbUrl(value: string): boolean {
  try {
    // The driver defers neither the host list nor the options.
    return /^mongodb(\+srv)?:\/\/[^/\s]+/.test(value) && Boolean(new MongoClient(value))
  } catch {
    return false
  }
}

/** Checks the address of an API: paths are appended to it, which a query would swallow. */
export const baseUrl = (value: string) => webUrl(value) && !value.includes('?')

const hostName =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?$/
export const host = (value: string) => isIP(value) !== 0 || hostName.test(value)

/**
 * Checks a URL that clients of Redis read differently: a user name and a password, a host, a port and the number of a
 * database. The parser of URLs accepts any text as a host of this scheme, and drops tabs and line breaks.
 */
export function redisUrl(value: string): boolean {
  if (value.startsWith('redis+sentinel:')) return sentinelUrl(value)
  const [, userInfo = '', name = '', address = '', port = '1'] =
    /^rediss?:\/\/(?:([^\s@/?#]*)@)?(?:([^\s:@/?#[\]]+)|\[([^\s\]]+)\])(?::(\d{1,5}))?(?:\/\d{0,4})?$/.exec(value) ?? []
  return (host(name) || isIP(address) === 6) && Number(port) >= 1 && Number(port) <= 65_535 && isDecodable(userInfo)
}

/** Checks the addresses of sentinels, the name of the primary that they watch, and the number of a database. */
function sentinelUrl(value: string): boolean {
  const [, userInfo = '', sentinels] =
    /^redis\+sentinel:\/\/(?:([^\s@/?#]*)@)?([^\s@/?#]+)\/[\w.-]{1,100}(?:\/\d{0,4})?$/.exec(value) ?? []
  return sentinels !== undefined && isDecodable(userInfo) && sentinels.split(',').every(isSentinel)
}

const isSentinel = (sentinel: string) => redisUrl(`redis://${sentinel}`)

/** Checks a host and a port; an IPv6 address is in brackets. */
export function isBroker(value: string): boolean {
  const [, name = '', address = '', port = '0'] = /^(?:([^\s:@/?#[\]]+)|\[([^\s\]]+)\]):(\d{1,5})$/.exec(value) ?? []
  return (host(name) || isIP(address) === 6) && Number(port) >= 1 && Number(port) <= 65_535
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Checks an address by RFC 7065. A browser refuses to open any connection when one of its addresses is not valid. */
export function turnUrl(value: string): boolean {
  const [, name = '', address = '', port = '1'] =
    /^turns?:(?:([^:[\]?]+)|\[([^\]]+)\])(?::(\d{1,5}))?(?:\?transport=(?:udp|tcp))?$/.exec(value) ?? []
  return (host(name) || isIP(address) === 6) && Number(port) >= 1 && Number(port) <= 65_535
}
