import { isIP } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'

/** An address as proxies write it: in brackets, with a port, or both (https://www.rfc-editor.org/rfc/rfc7239#section-6). */
const decorated = /^(?:\[(?<inBrackets>[^\]]+)\]|(?<ipv4>[\d.]+))(?::\d+)?$/
/** An IPv6 site has at least a /64, that is 2^64 addresses: https://www.rfc-editor.org/rfc/rfc6177#section-2 */
const prefixBits = 64

/** The parts of a request that tell where it comes from. */
export interface Addressed {
  ip: string | undefined
  socket: { remoteAddress?: string | undefined }
}

/**
 * Returns the network under which an address is counted: an IPv4 address itself, or the /64 of an IPv6 address, without
 * port and brackets. All spellings of an address give the same text. Returns undefined when it is not an address.
 */
export function networkOf(address: string): string | undefined {
  const { inBrackets, ipv4 } = decorated.exec(address)?.groups ?? {}
  const ip = (inBrackets ?? ipv4 ?? address).replace(/%.*$/, '')
  return isIP(ip) === 0 ? undefined : normalizeIP(ip, prefixBits)
}

/**
 * Returns the network of the client. Every limit by address counts by it. Clients whose proxy names no address are
 * counted together, under the address of the proxy.
 */
export function clientNetwork({ ip, socket }: Addressed): string {
  return networkOf(ip ?? '') ?? networkOf(socket.remoteAddress ?? '') ?? 'unknown'
}
