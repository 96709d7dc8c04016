import type { FastifyInstance } from 'fastify'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { Type } from 'typebox'
import { CodedError } from '../../../contract/errors.ts'
import type { OAuthFlow } from '../../external/oauth2.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { onFirstUse } from './on-first-use.ts'

/** What we read of https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
const Metadata = Type.Object({
  issuer: Type.String(),
  authorization_endpoint: Type.String(),
  token_endpoint: Type.String(),
  jwks_uri: Type.String()
})

const Claims = Type.Object({
  sub: Type.String({ minLength: 1, maxLength: 255 }),
  nonce: Type.String(),
  name: Type.Optional(Type.String()),
  preferred_username: Type.Optional(Type.String()),
  azp: Type.Optional(Type.String())
})

/** Only signatures that need the provider's private key. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
const patienceMs = 10_000
const clockToleranceS = 30

/** Any OpenID Connect provider, where OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are set; else null. */
export function createOidcProvider(app: FastifyInstance): IdentityProvider | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = app.config
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null
  const readMetadata = app.validator.reader(Metadata)
  const readClaims = app.validator.reader(Claims)

  async function discover() {
    try {
      const address = `${issuer?.replace(/\/+$/, '')}/.well-known/openid-configuration`
      const answer = await fetch(address, { signal: AbortSignal.timeout(patienceMs), redirect: 'error' })
      const metadata = readMetadata(await answer.json())
      if (metadata.issuer !== issuer) throw new Error(`the provider calls itself ${metadata.issuer}`)
      return metadata
    } catch (error) {
      app.log.error({ err: error }, 'the OpenID provider of OIDC_ISSUER could not be asked what it offers')
      throw new CodedError('UNAVAILABLE', 'Signing in this way does not work at the moment; try again soon.')
    }
  }

  const provider = onFirstUse(async () => {
    const metadata = await discover()
    const flow: OAuthFlow = await app.createOAuthFlow({
      name: 'oidc',
      clientId,
      clientSecret,
      scope: ['openid', 'profile'],
      authorizeUrl: metadata.authorization_endpoint,
      tokenUrl: metadata.token_endpoint,
      callbackUri: () => `${app.publicUrl()}/v1/auth/oidc/callback`
    })
    return { flow, keys: createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: patienceMs }) }
  })

  return {
    flow: async () => (await provider()).flow,

    /** As https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation asks. */
    async identify(token, nonce) {
      const { keys } = await provider()
      const { payload } = await jwtVerify(token.id_token ?? '', keys, {
        issuer,
        audience: clientId,
        algorithms,
        clockTolerance: clockToleranceS,
        requiredClaims: ['exp', 'iat', 'sub', 'nonce']
      })
      const claims = readClaims(payload)
      if (claims.nonce !== nonce) throw new Error('the id token is of another sign-in')
      if (claims.azp !== undefined && claims.azp !== clientId) throw new Error('the id token is for another client')
      // A picture would make every listener's client load a stranger's address, so none is taken.
      return {
        subject: claims.sub,
        displayName: claims.name ?? claims.preferred_username ?? '',
        avatarUrl: null,
        link: null
      }
    }
  }
}
