import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'

/** Who signs people in for us. */
export type ProviderName = 'spotify' | 'oidc'

/** An S256 challenge: https://www.rfc-editor.org/rfc/rfc7636#section-4.2 */
export const CodeChallenge = Type.String({
  minLength: 43,
  maxLength: 43,
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'base64url(sha256(codeVerifier))'
})

/**
 * The secret behind a challenge: https://www.rfc-editor.org/rfc/rfc7636#section-4.1. One that can't be right is
 * answered as a wrong one.
 */
export const CodeVerifier = Type.String({ minLength: 1, maxLength: 128 })

/** Where to come back to; one of the operator's REDIRECT_URIS, exactly. */
export const RedirectUri = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'Where to come back to: one of the operator’s REDIRECT_URIS, exactly'
})

/** Query of `GET /v1/auth/spotify` and `/v1/auth/oidc`. */
export const SignInStart = Exactly({ redirectUri: RedirectUri, codeChallenge: CodeChallenge })
export type SignInStart = Static<typeof SignInStart>

/** Body of `POST /v1/users/me/spotify`; `player`: ask for what Spotify's own player needs too. */
export const LinkRequest = Exactly({
  redirectUri: RedirectUri,
  codeChallenge: CodeChallenge,
  player: Type.Optional(Type.Boolean())
})
export type LinkRequest = Static<typeof LinkRequest>

/** What a provider sends the browser back with; it may say more than we read. */
export const ProviderReturn = Type.Object({
  state: Type.Optional(Type.String({ maxLength: 200, description: 'As it was sent there' })),
  code: Type.Optional(Type.String({ maxLength: 2048, description: 'The provider’s, where the person agreed' })),
  error: Type.Optional(Type.String({ maxLength: 200, description: 'Why there is no code' }))
})
export type ProviderReturn = Static<typeof ProviderReturn>

/** Body of `POST /v1/auth/token`, and of `PUT /v1/users/me/spotify`. */
export const CodeExchange = Exactly({ code: Type.String({ minLength: 1, maxLength: 128 }), codeVerifier: CodeVerifier })
export type CodeExchange = Static<typeof CodeExchange>

/** What `POST /v1/users/me/spotify` answers: open it in a browser. */
export const LinkStart = Exactly({ authorizeUrl: Type.String() })
export type LinkStart = Static<typeof LinkStart>
