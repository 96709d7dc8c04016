import { BlockList, isIP } from 'node:net'
import { CodedError, type Issue } from '../../../contract/errors.ts'
import type { Link } from '../../../contract/users.ts'

/** As long as the contract lets a link be, also once it is written out in full. */
const longestUrl = 500
/** Names that mean something else on everybody's own network: RFC 6761, RFC 6762, RFC 8375, and what home routers use. */
const privateNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|test|invalid|onion|arpa)$/

/** Addresses that are not on the open internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its twin for IPv6. */
const closedNets = {
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
  // Only 2000::/3 is handed out; in it, tunnels could lead anywhere.
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

function blockList(family: 'ipv4' | 'ipv6', nets: ReadonlyArray<[string, number]>): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of nets) list.addSubnet(address, prefix, family)
  return list
}

/** The links as they are kept, each written out the way browsers read it. Throws VALIDATION naming every one that does not do. */
export function checkedLinks(links: readonly Link[]): Link[] {
  const issues: Issue[] = []
  const checked = links.map(({ label, url }, index) => {
    const fault = linkFault(url)
    if (fault !== null) issues.push({ path: `/links/${index}/url`, message: fault })
    return fault === null ? { label, url: writtenOut(url) } : { label, url }
  })
  if (issues.length > 0) throw new CodedError('VALIDATION', 'The request does not fit.', { issues })
  return checked
}

/** The way browsers read it. A site without a path stays as it was given: the slash they add says nothing. */
function writtenOut(url: string): string {
  const { href } = new URL(url)
  return href === `${url}/` ? url : href
}

/** What is wrong with a link, in words for a person; null when it is https to a place on the open internet. */
export function linkFault(url: string): string | null {
  if (!URL.canParse(url)) return 'must be a web address'
  const { protocol, username, password, hostname, href } = new URL(url)
  if (protocol !== 'https:') return 'must begin with https://'
  if (username !== '' || password !== '') return 'must not contain a name or a password'
  if (isPrivate(hostname)) return 'must lead to a public place'
  if (href.length > longestUrl) return `must have at most ${longestUrl} characters`
  return null
}

/** The parser has written every odd form of an address out: 0x7f.1 and 2130706433 are 127.0.0.1 here. */
function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  const version = isIP(host)
  if (version === 4) return closedNets.ipv4.check(host, 'ipv4')
  if (version === 6) return closedNets.ipv6.check(host, 'ipv6')
  const name = host.replace(/\.$/, '')
  return !name.includes('.') || privateNames.test(name)
}
