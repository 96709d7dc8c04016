import { BlockList, isIP } from 'node:net'
import { invalidRequest, type Issue } from '../../../contract/errors.ts'
import type { Link } from '../../../contract/users.ts'

/** Maximum length of a link in the contract. It also holds for the normalized form. */
const maxUrlLength = 500
/** Host names with another meaning in every local network: RFC 6761, RFC 6762, RFC 8375, and those of home routers. */
const privateNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|test|invalid|onion|arpa)$/

/**
 * Addresses outside the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6
 * counterpart.
 */
const privateNetworks = {
  ipv4: blockList('ipv4', [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3]
  ]),
  // Only 2000::/3 is assigned. Within it, tunnels could lead anywhere.
  ipv6: blockList('ipv6', [
    ['::', 3],
    ['4000::', 2],
    ['8000::', 1],
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20]
  ])
}

function blockList(family: 'ipv4' | 'ipv6', networks: ReadonlyArray<[string, number]>): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of networks) list.addSubnet(address, prefix, family)
  return list
}

/**
 * Returns the links in the form browsers read them. Throws VALIDATION with an issue for every link that is not allowed.
 */
export function checkLinks(links: readonly Link[]): Link[] {
  const issues: Issue[] = []
  const checked = links.map(({ label, url }, index) => {
    const message = linkError(url)
    if (message !== null) issues.push({ path: `/links/${index}/url`, message })
    return message === null ? { label, url: normalize(url) } : { label, url }
  })
  if (issues.length > 0) throw invalidRequest(issues)
  return checked
}

/** Returns the URL as browsers read it, but without the slash they add to a URL without a path. */
function normalize(url: string): string {
  const { href } = new URL(url)
  return href === `${url}/` ? url : href
}

/** Returns why a link is not allowed, in words for a person; null for an https URL of a public host. */
export function linkError(url: string): string | null {
  if (!URL.canParse(url)) return 'must be a web address'
  const { protocol, username, password, hostname, href } = new URL(url)
  if (protocol !== 'https:') return 'must begin with https://'
  if (username !== '' || password !== '') return 'must not contain a name or a password'
  if (isPrivate(hostname)) return 'must lead to a public place'
  if (href.length > maxUrlLength) return `must have at most ${maxUrlLength} characters`
  return null
}

/**
 * Tells whether a host is private. The URL parser has normalized its address: 0x7f.1 and 2130706433 are 127.0.0.1 here.
 */
function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  const version = isIP(host)
  if (version === 4) return privateNetworks.ipv4.check(host, 'ipv4')
  if (version === 6) return privateNetworks.ipv6.check(host, 'ipv6')
  const name = host.replace(/\.$/, '')
  return !name.includes('.') || privateNames.test(name)
}
