import type { Server } from 'node:http'
import { reachableHost } from '../../../config/addresses.ts'
import type { Config } from '../../../config/config.ts'

export interface PublicUrlParts {
  config: Pick<Config, 'PUBLIC_URL' | 'HOST' | 'PORT' | 'HTTPS_CERT'>
  server: Server
}

/**
 * Returns a function for the URL that clients use to reach the server, without a trailing slash: PUBLIC_URL, or the
 * address the server listens on, which is known only once it listens.
 */
export function createPublicUrl({ config, server }: PublicUrlParts): () => string {
  const { PUBLIC_URL, HOST, PORT } = config
  const urlAt = (port: number) => `${schemeOf(config)}://${reachableHost(HOST)}:${port}`
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

/** Returns the scheme of URLs of a server. */
export function schemeOf({ HTTPS_CERT }: Pick<Config, 'HTTPS_CERT'>): 'http' | 'https' {
  return HTTPS_CERT === undefined ? 'http' : 'https'
}
