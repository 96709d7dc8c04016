import type { Server } from 'node:http'
import type { Config } from '../../../config/config.ts'

/** A server that listens on all addresses can be reached on this machine at its loopback address. */
const allAddresses = /^(0\.0\.0\.0|[0:]+)$/

export interface PublicUrlParts {
  config: Pick<Config, 'PUBLIC_URL' | 'HOST' | 'PORT'>
  server: Server
}

/**
 * Returns a function for the URL that clients use to reach the server, without a trailing slash: PUBLIC_URL, or the
 * address the server listens on, which is known only once it listens.
 */
export function createPublicUrl({ config: { PUBLIC_URL, HOST, PORT }, server }: PublicUrlParts): () => string {
  const host = allAddresses.test(HOST) ? '127.0.0.1' : HOST
  const urlAt = (port: number) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  let listenUrl: string | undefined

  return () => {
    if (PUBLIC_URL !== undefined) return PUBLIC_URL
    if (listenUrl !== undefined) return listenUrl
    // Each call asks the operating system.
    const address = server.address()
    if (address === null || typeof address === 'string') return urlAt(PORT)
    listenUrl = urlAt(address.port)
    return listenUrl
  }
}
