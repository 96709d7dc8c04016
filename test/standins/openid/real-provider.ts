import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import type { Test } from 'tap'
import { Provider, type ClientAuthMethod, type Configuration } from 'oidc-provider'
import { redirectUrl, type Browser } from '../../oauth-browser.ts'

export const clientId = 'a client'
export const clientSecret = 'a-secret_of.the client/+ with 32 characters or more'

export interface RealProviderOptions {
  /** Methods that the provider supports, and the one that it expects from the client. */
  methods: readonly ClientAuthMethod[]
  method: ClientAuthMethod
  redirectUri: string
  /** Claims of every person, by default without any. */
  claims?: Record<string, string>
  /** Overrides of the provider's defaults. */
  overrides?: Configuration
}

/** Starts `oidc-provider` with its defaults and one client. Returns its issuer. */
export async function startRealProvider(t: Test, options: RealProviderOptions): Promise<string> {
  const { methods, method, redirectUri, claims = {}, overrides = {} } = options
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clientAuthMethods: [...methods],
    clients: [
      {
        client_id: clientId,
        ...(method !== 'none' && { client_secret: clientSecret }),
        token_endpoint_auth_method: method,
        redirect_uris: [redirectUri]
      }
    ],
    claims: { openid: ['sub'], profile: ['name', 'nickname', 'given_name', 'family_name', 'preferred_username'] },
    findAccount: async (_context, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, ...claims })
    }),
    cookies: { keys: ['a key of this test'] },
    ...overrides
  })
  const server = createHttpServer(provider.callback())
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return issuer
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Signs in at the provider and consents. Returns the URL of the callback. */
export async function consentAt(browser: Browser, authorizationUrl: string, login: string): Promise<URL> {
  let at = redirectUrl(await browser.open(authorizationUrl))
  for (const prompt of ['login', 'consent']) {
    const resume = redirectUrl(await browser.post(at.href, { prompt, login, password: 'any' }))
    at = redirectUrl(await browser.open(resume.href))
  }
  return at
}
