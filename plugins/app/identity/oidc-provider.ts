import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../../../config/config.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { DiscoverOpenId, OpenIdClaims, OpenIdFlow, OpenIdTokens } from '../../external/openid.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { memoizeSuccess } from './memoize-success.ts'

const maxSubjectLength = 255

export interface OidcProviderParts {
  config: Pick<Config, 'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET'>
  discoverOpenId: DiscoverOpenId
  publicUrl(): string
  logger: FastifyBaseLogger
}

/**
 * Returns the OpenID Connect provider of OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET; undefined when one of the
 * first two is unset. Without a secret, the client is a public one.
 */
export function createOidcProvider(parts: OidcProviderParts): IdentityProvider | undefined {
  const { config, discoverOpenId, publicUrl, logger } = parts
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = config
  if (issuer === undefined || clientId === undefined) return undefined

  const flow = memoizeSuccess(async () => {
    try {
      return await discoverOpenId({
        issuer,
        clientId,
        clientSecret,
        scope: ['openid', 'profile'],
        callbackUri: () => `${publicUrl()}/v1/auth/oidc/callback`
      })
    } catch (error) {
      logger.error({ err: error }, 'discovery of the OpenID provider of OIDC_ISSUER failed')
      throw new CodedError('UNAVAILABLE', 'Signing in this way does not work at the moment; try again soon.')
    }
  })

  /**
   * Reads the name at the UserInfo endpoint: by default, providers do not put it into the ID token. A person can sign
   * in without a name too.
   */
  async function findNameAtEndpoint({ fetchUserInfo }: OpenIdFlow, tokens: OpenIdTokens): Promise<string> {
    try {
      return nameIn((await fetchUserInfo(tokens)) ?? {})
    } catch (error) {
      logger.warn({ err: error }, 'reading a name at the OpenID provider failed')
      return ''
    }
  }

  return {
    flow,

    authorizationParams: ({ nonce }) => ({ nonce }),

    async identify(request, reply, nonce) {
      const oidc = await flow()
      const tokens = await oidc.finish(request, reply, nonce)
      const { sub: subject, azp } = tokens.claims
      if (subject === '' || subject.length > maxSubjectLength) throw new Error('the ID token has no valid subject')
      if (azp !== undefined && azp !== clientId) throw new Error('the ID token is for another client')
      const displayName = nameIn(tokens.claims) || (await findNameAtEndpoint(oidc, tokens))
      // No picture is taken, because it would make every listener's client load a foreign URL.
      return { identity: { subject, displayName, avatarUrl: null, link: null }, token: null }
    }
  }
}

/** Returns the name in claims; an empty one when they have none. The e-mail address is nobody's public name. */
function nameIn(claims: Partial<OpenIdClaims>): string {
  const text = (name: string) => (typeof claims[name] === 'string' ? claims[name].trim() : '')
  const fullName = `${text('given_name')} ${text('family_name')}`.trim()
  return text('name') || text('nickname') || text('preferred_username') || fullName
}
