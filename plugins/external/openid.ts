import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import * as openid from 'openid-client'
import { clientAuthenticationOf, type SwitchingAuthentication } from './openid/client-authentication.ts'
import { OpenIdError, wasClientRefused } from './openid/openid-error.ts'

declare module 'fastify' {
  interface FastifyInstance {
    discoverOpenId: DiscoverOpenId
  }
}

/** Reads the metadata of a provider and creates its flow. Throws OpenIdError. */
export type DiscoverOpenId = (options: OpenIdOptions) => Promise<OpenIdFlow>

export interface OpenIdOptions {
  /** The issuer. Of an address of a discovery document, the issuer is not compared. */
  issuer: string
  clientId: string
  /** Undefined for a public client, which proves itself with PKCE alone. */
  clientSecret: string | undefined
  scope: readonly string[]
  /** Returns the URL the provider redirects the browser to. */
  callbackUri: () => string
}

/** Claims of a provider about a person: https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims */
export type OpenIdClaims = openid.IDToken | openid.UserInfoResponse

/** Authorization code flow with PKCE (S256). The state and the verifier are in cookies of the browser. */
export interface OpenIdFlow {
  /** Returns the authorization URL, and the state the browser returns with. */
  start(request: FastifyRequest, reply: FastifyReply): Promise<{ url: URL; state: string }>
  /** Tells whether the flow with this state was started in this browser. */
  isOfThisBrowser(request: FastifyRequest, state: string): boolean
  /** Exchanges the code of the query for tokens and validates the ID token. Throws OpenIdError. */
  finish(request: FastifyRequest, reply: FastifyReply, nonce: string): Promise<OpenIdTokens>
  /** Returns the claims of the UserInfo endpoint; null when the provider has none. Throws OpenIdError. */
  fetchUserInfo(tokens: OpenIdTokens): Promise<OpenIdClaims | null>
}

export interface OpenIdTokens {
  accessToken: string
  claims: openid.IDToken
}

const requestTimeoutS = 10
const clockToleranceS = 30
const cookieMaxAgeS = 600

async function discover(
  { issuer, clientId, clientSecret }: OpenIdOptions,
  authentication: SwitchingAuthentication
): Promise<openid.Configuration> {
  const url = new URL(issuer)
  const metadata = {
    [openid.clockTolerance]: clockToleranceS,
    ...(clientSecret !== undefined && { client_secret: clientSecret })
  }
  const config = await openid.discovery(url, clientId, metadata, authentication.authenticate, {
    timeout: requestTimeoutS,
    // By default the library trusts TLS instead of the signature of the ID token.
    execute: [openid.enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [openid.allowInsecureRequests] : [])]
  })
  const server = config.serverMetadata()
  if (server.authorization_endpoint === undefined || server.token_endpoint === undefined) {
    throw new Error('the provider has no endpoint for codes or for tokens')
  }
  authentication.choose(server.token_endpoint_auth_methods_supported)
  return config
}

/** Throws errors of the library as OpenIdError, which is safe to log. */
async function safely<T>(task: Promise<T>): Promise<T> {
  try {
    return await task
  } catch (error) {
    throw new OpenIdError(error)
  }
}

/** OpenID Connect providers. */
export default fp(
  async app => {
    const isProduction = app.config.NODE_ENV === 'production'
    const prefix = isProduction ? '__Host-' : ''
    const [stateCookie, verifierCookie] = [`${prefix}ambient-oidc-state`, `${prefix}ambient-oidc-verifier`]
    const cookie = { path: '/', secure: isProduction, httpOnly: true, sameSite: 'lax' } as const

    app.decorate('discoverOpenId', async options => {
      const { clientSecret, scope, callbackUri } = options
      const authentication = clientAuthenticationOf(clientSecret)
      const config = await safely(discover(options, authentication))

      /** Repeats the request when the provider refuses the client and knows another method of authentication. */
      async function exchange(
        url: URL,
        checks: openid.AuthorizationCodeGrantChecks,
        methodsLeft = authentication.count
      ): ReturnType<typeof openid.authorizationCodeGrant> {
        const { current } = authentication
        try {
          return await openid.authorizationCodeGrant(config, url, checks)
        } catch (error) {
          if (!wasClientRefused(error)) throw error
          authentication.leave(current)
          if (methodsLeft <= 1) throw error
          return await exchange(url, checks, methodsLeft - 1)
        }
      }

      return {
        async start(_request, reply) {
          const [state, verifier] = [openid.randomState(), openid.randomPKCECodeVerifier()]
          for (const [name, value] of [
            [stateCookie, state],
            [verifierCookie, verifier]
          ] as const) {
            reply.setCookie(name, value, { ...cookie, maxAge: cookieMaxAgeS })
          }
          const url = openid.buildAuthorizationUrl(config, {
            redirect_uri: callbackUri(),
            scope: scope.join(' '),
            state,
            code_challenge: await openid.calculatePKCECodeChallenge(verifier),
            code_challenge_method: 'S256'
          })
          return { url, state }
        },

        isOfThisBrowser: (request, state) => state !== '' && request.cookies[stateCookie] === state,

        async finish(request, reply, expectedNonce) {
          const { [stateCookie]: expectedState, [verifierCookie]: pkceCodeVerifier } = request.cookies
          reply.clearCookie(stateCookie, cookie).clearCookie(verifierCookie, cookie)
          if (expectedState === undefined || pkceCodeVerifier === undefined) throw new Error('the cookies are missing')
          const url = new URL(callbackUri())
          url.search = new URL(request.url, url).search
          const tokens = await safely(exchange(url, { expectedState, expectedNonce, pkceCodeVerifier }))
          const claims = tokens.claims()
          if (!claims) throw new Error('the provider sent no ID token')
          return { accessToken: tokens.access_token, claims }
        },

        async fetchUserInfo({ accessToken, claims: { sub } }) {
          if (config.serverMetadata().userinfo_endpoint === undefined) return null
          return await safely(openid.fetchUserInfo(config, accessToken, sub))
        }
      }
    })
  },
  // The plugin oauth2 reads cookies.
  { name: 'openid', dependencies: ['oauth2'] }
)
