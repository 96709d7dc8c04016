import type { FastifyBaseLogger } from 'fastify'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { Type } from 'typebox'
import type { Config } from '../../../config/config.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { CreateOAuthFlow } from '../../external/oauth2.ts'
import type { Validator } from '../http/validation.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { memoizeSuccess } from './memoize-success.ts'

/** The part of https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata that is used. */
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

/** Signatures that need the provider's private key. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA']
const requestTimeoutMs = 10_000
const clockToleranceS = 30

export interface OidcProviderParts {
  config: Pick<Config, 'OIDC_ISSUER' | 'OIDC_CLIENT_ID' | 'OIDC_CLIENT_SECRET'>
  validator: Validator
  createOAuthFlow: CreateOAuthFlow
  publicUrl(): string
  logger: FastifyBaseLogger
}

/**
 * Returns the OpenID Connect provider of OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET; undefined when one is
 * unset.
 */
export function createOidcProvider(parts: OidcProviderParts): IdentityProvider | undefined {
  const { config, validator, createOAuthFlow, publicUrl, logger } = parts
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = config
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return undefined
  const readMetadata = validator.reader(Metadata)
  const readClaims = validator.reader(Claims)
  const metadataUrl = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`

  async function discover() {
    try {
      const answer = await fetch(metadataUrl, { signal: AbortSignal.timeout(requestTimeoutMs), redirect: 'error' })
      const metadata = readMetadata(await answer.json())
      if (metadata.issuer !== issuer) throw new Error(`the provider names itself ${metadata.issuer}`)
      return metadata
    } catch (error) {
      logger.error({ err: error }, 'discovery of the OpenID provider of OIDC_ISSUER failed')
      throw new CodedError('UNAVAILABLE', 'Signing in this way does not work at the moment; try again soon.')
    }
  }

  const getProvider = memoizeSuccess(async () => {
    const metadata = await discover()
    const flow = await createOAuthFlow({
      name: 'oidc',
      clientId,
      clientSecret,
      scope: ['openid', 'profile'],
      authorizeUrl: metadata.authorization_endpoint,
      tokenUrl: metadata.token_endpoint,
      callbackUri: () => `${publicUrl()}/v1/auth/oidc/callback`
    })
    return { flow, keys: createRemoteJWKSet(new URL(metadata.jwks_uri), { timeoutDuration: requestTimeoutMs }) }
  })

  return {
    flow: async () => (await getProvider()).flow,

    authorizationParams: ({ nonce }) => ({ nonce }),

    /** Validates the ID token: https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation */
    async identify(token, nonce) {
      const { keys } = await getProvider()
      const { payload } = await jwtVerify(token.id_token ?? '', keys, {
        issuer,
        audience: clientId,
        algorithms,
        clockTolerance: clockToleranceS,
        requiredClaims: ['exp', 'iat', 'sub', 'nonce']
      })
      const claims = readClaims(payload)
      if (claims.nonce !== nonce) throw new Error('the ID token belongs to another sign-in')
      if (claims.azp !== undefined && claims.azp !== clientId) throw new Error('the ID token is for another client')
      // No picture is taken, because it would make every listener's client load a foreign URL.
      return {
        subject: claims.sub,
        displayName: claims.name ?? claims.preferred_username ?? '',
        avatarUrl: null,
        link: null
      }
    }
  }
}
