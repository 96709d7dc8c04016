import cookie from '@fastify/cookie'
import oauth2, { type FastifyOAuth2Options, type OAuth2Namespace, type OAuth2Token, type Token } from '@fastify/oauth2'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    createOAuthFlow: CreateOAuthFlow
  }
}

/** Creates the OAuth flow of one provider. */
export type CreateOAuthFlow = (options: OAuthFlowOptions) => Promise<OAuthFlow>

export interface OAuthFlowOptions {
  /** Part of the names of its cookies. */
  name: string
  clientId: string
  clientSecret: string
  scope: string[]
  authorizeUrl: string
  tokenUrl: string
  /** Returns the URL the provider redirects the browser to. */
  callbackUri: () => string
}

/** Authorization code flow with PKCE (S256). The state and the verifier are in cookies of the browser. */
export interface OAuthFlow {
  /** Returns the authorization URL, and the state the browser returns with. */
  start(request: FastifyRequest, reply: FastifyReply): Promise<{ url: URL; state: string }>
  /** Tells whether the flow with this state was started in this browser. */
  isOfThisBrowser(request: FastifyRequest, state: string): boolean
  /** Exchanges the code of the query for tokens. Throws TokenRequestError. */
  finish(request: FastifyRequest, reply: FastifyReply): Promise<Token>
  /** Throws TokenRequestError; see `isInvalidGrant`. */
  refresh(refreshToken: string): Promise<Token>
}

const requestTimeoutMs = 10_000

/**
 * A token request failed. This error is safe to log. The error of the HTTP client is not: it holds the request, with
 * our secret in its headers, and the answer. `reason` is the error code of the token endpoint, if it answered:
 * https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export class TokenRequestError extends Error {
  readonly reason: string | null

  constructor(error: unknown) {
    const { data, message } = (error ?? {}) as {
      data?: { payload?: { error?: unknown }; res?: { statusCode?: unknown } } | null
      message?: unknown
    }
    const reason = typeof data?.payload?.error === 'string' ? data.payload.error : null
    super(data ? `the provider answered ${data.res?.statusCode} ${reason ?? ''}`.trimEnd() : String(message))
    this.reason = reason
  }
}

/** Tells whether the provider rejected the code or refresh token itself. */
export function isInvalidGrant(error: unknown): boolean {
  return error instanceof TokenRequestError && error.reason === 'invalid_grant'
}

/**
 * Creates a namespace of @fastify/oauth2 in a Fastify instance of its own. Providers are discovered long after the
 * server's instance has loaded its plugins, and a provider that is unavailable must not keep the server from starting.
 */
async function createNamespace(options: FastifyOAuth2Options): Promise<OAuth2Namespace> {
  const holder = Fastify()
  await holder.register(cookie)
  // The plugin throws for options that it refuses. Inside an async function that is a rejection; thrown to Fastify it
  // would end the process. Its message contains the refused value, which may be the secret.
  const register = fp(async (instance: FastifyInstance) => {
    try {
      await new Promise<void>((resolve, reject) => {
        oauth2(instance, options, error => (error ? reject(error) : resolve()))
      })
    } catch {
      throw new Error(`@fastify/oauth2 refuses the settings of ${options.name}`)
    }
  })
  await holder.register(register)
  await holder.ready()
  const namespace: unknown = Reflect.get(holder, options.name)
  if (!isNamespace(namespace)) throw new Error('@fastify/oauth2 created no namespace')
  return namespace
}

function isNamespace(value: unknown): value is OAuth2Namespace {
  return typeof value === 'object' && value !== null && 'generateAuthorizationUri' in value
}

function splitUrl(url: string): { host: string; path: string } {
  const { origin, pathname } = new URL(url)
  return { host: origin, path: pathname }
}

/** OAuth flows of identity providers. */
export default fp(
  async app => {
    const isProduction = app.config.NODE_ENV === 'production'
    await app.register(cookie)

    app.decorate(
      'createOAuthFlow',
      async ({ name, clientId, clientSecret, scope, authorizeUrl, tokenUrl, callbackUri }) => {
        const [authorize, token] = [splitUrl(authorizeUrl), splitUrl(tokenUrl)]
        const prefix = isProduction ? '__Host-' : ''
        const stateCookie = `${prefix}ambient-${name}-state`
        const namespace = await createNamespace({
          name: `${name}OAuth2`,
          scope,
          pkce: 'S256',
          callbackUri,
          redirectStateCookieName: stateCookie,
          verifierCookieName: `${prefix}ambient-${name}-verifier`,
          cookie: { path: '/', secure: isProduction, maxAge: 600 },
          credentials: {
            client: { id: clientId, secret: clientSecret },
            auth: {
              authorizeHost: authorize.host,
              authorizePath: authorize.path,
              tokenHost: token.host,
              tokenPath: token.path
            },
            http: { timeout: requestTimeoutMs }
          }
        })

        return {
          async start(request, reply) {
            const url = new URL(await namespace.generateAuthorizationUri(request, reply))
            return { url, state: url.searchParams.get('state') ?? '' }
          },
          isOfThisBrowser: (request, state) => state !== '' && request.cookies[stateCookie] === state,
          finish: async (request, reply) =>
            await tokenOf(namespace.getAccessTokenFromAuthorizationCodeFlow(request, reply)),
          refresh: async refreshToken =>
            await tokenOf(
              namespace.getNewAccessTokenUsingRefreshToken(
                {
                  refresh_token: refreshToken,
                  access_token: '',
                  token_type: 'Bearer',
                  expires_in: 0,
                  expires_at: new Date(0)
                } as Token,
                {}
              )
            )
        }
      }
    )
  },
  { name: 'oauth2' }
)

/** Throws TokenRequestError. */
async function tokenOf(requested: Promise<OAuth2Token>): Promise<Token> {
  try {
    return (await requested).token
  } catch (error) {
    throw new TokenRequestError(error)
  }
}
