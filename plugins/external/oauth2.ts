import cookie from '@fastify/cookie'
import oauth2, { type FastifyOAuth2Options, type OAuth2Namespace, type OAuth2Token, type Token } from '@fastify/oauth2'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Makes the flow of one provider; resolves once its endpoints are known. */
    createOAuthFlow(options: OAuthFlowOptions): Promise<OAuthFlow>
  }
}

export interface OAuthFlowOptions {
  /** Names the cookies. */
  name: string
  clientId: string
  clientSecret: string
  scope: string[]
  authorizeUrl: string
  tokenUrl: string
  /** Where the provider sends the browser back to. */
  callbackUri: () => string
}

/** Authorization code with PKCE (S256), the state and the verifier kept in this browser's cookies. */
export interface OAuthFlow {
  /** Where to send the browser, and the state that comes back with it. */
  start(request: FastifyRequest, reply: FastifyReply): Promise<{ url: URL; state: string }>
  /** Whether the flow this answer belongs to was begun in this browser. */
  isOfThisBrowser(request: FastifyRequest, state: string): boolean
  /** The tokens for the code of the query; throws NoToken when the provider refuses or is away. */
  finish(request: FastifyRequest, reply: FastifyReply): Promise<Token>
  /** Throws NoToken; see `invalidGrant`. */
  refresh(refreshToken: string): Promise<Token>
}

/** How long a provider may take to answer. */
const patienceMs = 10_000

/**
 * No token was given. It says only what may be logged: the HTTP client's own error holds the request, with our secret in its headers,
 * and what was answered. `reason` is the error code of the token endpoint's answer, where there was one:
 * https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export class NoToken extends Error {
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

/** Whether a provider said that what it was shown is not good any more. */
export function invalidGrant(error: unknown): boolean {
  return error instanceof NoToken && error.reason === 'invalid_grant'
}

/**
 * A namespace of @fastify/oauth2 in an instance of its own: providers found by discovery become known long after our
 * own instance takes plugins, and one that is away at boot must not keep us from starting.
 */
async function createNamespace(options: FastifyOAuth2Options): Promise<OAuth2Namespace> {
  const holder = Fastify()
  await holder.register(cookie)
  await holder.register(oauth2, options)
  await holder.ready()
  const namespace: unknown = Reflect.get(holder, options.name)
  if (!isNamespace(namespace)) throw new Error('@fastify/oauth2 made no namespace')
  return namespace
}

function isNamespace(value: unknown): value is OAuth2Namespace {
  return typeof value === 'object' && value !== null && 'generateAuthorizationUri' in value
}

function endpoint(url: string): { host: string; path: string } {
  const { origin, pathname } = new URL(url)
  return { host: origin, path: pathname }
}

export default fp(
  async app => {
    const isProduction = app.config.NODE_ENV === 'production'
    await app.register(cookie)

    app.decorate(
      'createOAuthFlow',
      async ({ name, clientId, clientSecret, scope, authorizeUrl, tokenUrl, callbackUri }) => {
        const [authorize, token] = [endpoint(authorizeUrl), endpoint(tokenUrl)]
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
            http: { timeout: patienceMs }
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

/** Throws NoToken. */
async function tokenOf(given: Promise<OAuth2Token>): Promise<Token> {
  try {
    return (await given).token
  } catch (error) {
    throw new NoToken(error)
  }
}
