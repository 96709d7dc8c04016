import { lookup } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'
import { isPrivateAddress, isPrivateHost } from '../../http/private-hosts.ts'

/** An answer to a request: its status, and the headers that say when to try again. The body is not read. */
export interface PostAnswer {
  readonly status: number
  readonly retryAfter: string | null
}

export interface OutboundRequest {
  url: string
  headers: Readonly<Record<string, string | number>>
  body: Buffer
  signal: AbortSignal
}

export interface OutboundParts {
  /** Allows http, and addresses in private networks. */
  allowsPrivate: boolean
  timeoutMs?: number
  /** Finds the addresses of a host. */
  resolve?: typeof lookup
}

/** A request was not sent: its address is not one of the public internet. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('the address is not on the public internet')
    this.name = 'ForbiddenAddress'
  }
}

const defaultTimeoutMs = 5_000
const maxSocketsPerHost = 8

export type Outbound = ReturnType<typeof createOutbound>

/**
 * Sends requests to addresses that people have given. A host is checked as the connection is made, so that a name that
 * changes its address meanwhile reaches no private network. Follows no redirects.
 */
export function createOutbound({ allowsPrivate, timeoutMs = defaultTimeoutMs, resolve = lookup }: OutboundParts) {
  const checkedLookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      if (addresses.some(({ address }) => isPrivateAddress(address))) return callback(new ForbiddenAddress(), [])
      const [first] = addresses
      if (options.all) callback(null, addresses)
      else callback(null, first?.address ?? '', first?.family)
    })
  }
  const agentOptions = { keepAlive: true, maxSockets: maxSocketsPerHost, maxFreeSockets: 2, timeout: timeoutMs }
  const agents = { http: new http.Agent(agentOptions), https: new https.Agent(agentOptions) }

  return {
    /** Whether requests to this URL are sent, as far as the URL alone tells. */
    isAllowed(url: string): boolean {
      if (!URL.canParse(url)) return false
      const { protocol, username, password, hostname } = new URL(url)
      if (username !== '' || password !== '') return false
      if (allowsPrivate) return protocol === 'https:' || protocol === 'http:'
      return protocol === 'https:' && !isPrivateHost(hostname)
    },

    /** Sends a request. Throws ForbiddenAddress, TimeoutError, errors of the connection, the reason of the signal. */
    async post({ url, headers, body, signal }: OutboundRequest): Promise<PostAnswer> {
      if (!this.isAllowed(url)) throw new ForbiddenAddress()
      const isSecure = url.startsWith('https:')
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      return await new Promise((resolve, reject) => {
        const request = (isSecure ? https : http).request(url, {
          method: 'POST',
          headers: { ...headers, 'content-length': body.length },
          agent: isSecure ? agents.https : agents.http,
          signal: limit,
          ...(!allowsPrivate && { lookup: checkedLookup })
        })
        request.on('error', error => reject(limit.aborted ? limit.reason : error))
        // The socket of an answer 101 is not that of HTTP any more. No later message may use it.
        request.on('upgrade', (_response, socket) => socket.destroy())
        // The last event of each request. After an answer, it changes nothing.
        request.on('close', () => reject(new Error('the connection closed without an answer')))
        request.once('response', response => {
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null })
          // A body says nothing that is needed, and may have no end. A short one is read, so that the socket is kept.
          const length = Number(response.headers['content-length'])
          if (length <= 16_384) response.resume()
          else response.destroy()
        })
        request.end(body)
      })
    },

    close(): void {
      agents.http.destroy()
      agents.https.destroy()
    }
  }
}
