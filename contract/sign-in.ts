import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'

/** The providers that sign people in. */
export type ProviderName = 'spotify' | 'oidc'

/** An S256 challenge: https://www.rfc-editor.org/rfc/rfc7636#section-4.2 */
export const CodeChallenge = Type.String({
  minLength: 43,
  maxLength: 43,
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'base64url(sha256(codeVerifier))'
})

/**
 * The secret behind a challenge: https://www.rfc-editor.org/rfc/rfc7636#section-4.1. A malformed verifier is answered
 * like a wrong one.
 */
export const CodeVerifier = Type.String({ minLength: 1, maxLength: 128 })

/** The URI to which the browser returns. It must equal one of the operator's REDIRECT_URIS. */
export const RedirectUri = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'URI to which the browser returns; must equal one of the operator’s REDIRECT_URIS'
})

/** Query of `GET /v1/auth/spotify` and `/v1/auth/oidc`. */
export const SignInStart = Exactly({ redirectUri: RedirectUri, codeChallenge: CodeChallenge })
export type SignInStart = Static<typeof SignInStart>

/** Body of `POST /v1/users/me/spotify`. `player` also requests the permissions of Spotify's own player. */
export const LinkRequest = Exactly({
  redirectUri: RedirectUri,
  codeChallenge: CodeChallenge,
  player: Type.Optional(Type.Boolean())
})
export type LinkRequest = Static<typeof LinkRequest>

/** Query with which a provider sends the browser back. Further parameters are ignored. */
export const ProviderReturn = Type.Object({
  state: Type.Optional(Type.String({ maxLength: 200, description: 'The state that was sent to the provider' })),
  code: Type.Optional(Type.String({ maxLength: 2048, description: 'Code of the provider, if the person agreed' })),
  error: Type.Optional(Type.String({ maxLength: 200, description: 'Why there is no code' }))
})
export type ProviderReturn = Static<typeof ProviderReturn>

/** Body of `POST /v1/auth/token`, and of `PUT /v1/users/me/spotify`. */
export const CodeExchange = Exactly({ code: Type.String({ minLength: 1, maxLength: 128 }), codeVerifier: CodeVerifier })
export type CodeExchange = Static<typeof CodeExchange>

/** Answer of `POST /v1/users/me/spotify`: a URL to open in a browser. */
export const LinkStart = Exactly({ authorizeUrl: Type.String() })
export type LinkStart = Static<typeof LinkStart>
