import type { Server } from 'node:http'
import { reachableHost } from '../../../config/addresses.ts'
import type { Config } from '../../../config/config.ts'

export interface PublicUrlParts {
  config: Pick<Config, 'PUBLIC_URL' | 'HOST' | 'PORT'>
  server: Server
}

/**
 * Returns a function for the URL that clients use to reach the server, without a trailing slash: PUBLIC_URL, or the
 * address the server listens on, which is known only once it listens.
 */
export function createPublicUrl({ config: { PUBLIC_URL, HOST, PORT }, server }: PublicUrlParts): () => string {
  const urlAt = (port: number) => `http://${reachableHost(HOST)}:${port}`
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
