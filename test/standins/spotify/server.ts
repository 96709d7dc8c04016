import Fastify from 'fastify'
import type { AddressInfo } from 'node:net'
import { accountsRoutes } from './accounts.ts'
import { createState, type SpotifyStandInState } from './state.ts'
import { webApiRoutes } from './web-api.ts'

/** A small server with Spotify's accounts service and Web API, whose failures a test controls. */
export interface SpotifyStandIn {
  readonly url: string
  readonly state: SpotifyStandInState
  /** The settings with which a server uses the stand-in. */
  readonly settings: Record<string, string>
  close(): Promise<void>
}

export async function startSpotifyStandIn(port = 0): Promise<SpotifyStandIn> {
  const state = createState()
  const app = Fastify({ forceCloseConnections: true })
  accountsRoutes(app, state)
  webApiRoutes(app, state)
  await app.listen({ host: '127.0.0.1', port })
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  return {
    url,
    state,
    settings: {
      SPOTIFY_CLIENT_ID: state.clientId,
      SPOTIFY_CLIENT_SECRET: state.clientSecret,
      SPOTIFY_ACCOUNTS_URL: url,
      SPOTIFY_API_URL: `${url}/v1`
    },
    close: async () => await app.close()
  }
}
