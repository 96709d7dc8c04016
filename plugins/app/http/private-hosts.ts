import { BlockList, isIP } from 'node:net'

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
 * Tells whether the host of a parsed URL is private. The URL parser has normalized its address: 0x7f.1 and 2130706433
 * are 127.0.0.1 here.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return isPrivateAddress(host)
  const name = host.replace(/\.$/, '')
  return !name.includes('.') || privateNames.test(name)
}

/** Tells whether an IP address is outside of the public internet. A text that is no address counts as private. */
export function isPrivateAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return privateNetworks.ipv4.check(address, 'ipv4')
  if (version !== 6) return true
  const embedded = embeddedAddress(address)
  return embedded ? isPrivateAddress(embedded) : privateNetworks.ipv6.check(address, 'ipv6')
}

/**
 * Returns the IPv4 address in an address of NAT64, 64:ff9b::/96, which networks without IPv4 give to every host:
 * https://www.rfc-editor.org/rfc/rfc6052#section-2.1
 */
function embeddedAddress(address: string): string | undefined {
  const url = `http://[${address}]`
  const [, high, low] = (URL.canParse(url) && /^\[64:ff9b::([^:]+):([^:]+)\]$/.exec(new URL(url).hostname)) || []
  if (high === undefined || low === undefined) return undefined
  return [high, low].flatMap(group => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]).join('.')
}
