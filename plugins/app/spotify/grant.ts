import { Type, type Static } from 'typebox'
import type { Identification, ProviderToken } from '../identity/identity-provider.ts'

/** The access Spotify has granted to one of its accounts, before its tokens are sealed one by one. */
export const Grant = Type.Object({
  spotifyId: Type.String(),
  displayName: Type.String(),
  link: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresAtMs: Type.Number(),
  scopes: Type.Array(Type.String())
})
export type Grant = Static<typeof Grant>

/** Returns the grant of a finished sign-in or link. */
export function grantOf({ identity, token }: Identification): Grant {
  if (!token) throw new Error('an account without tokens cannot be linked')
  const { subject, displayName, link } = identity
  return {
    spotifyId: subject,
    displayName,
    link,
    accessToken: token.access_token,
    refreshToken: token.refresh_token ?? '',
    expiresAtMs: Date.now() + token.expires_in * 1000,
    scopes: scopesOf(token)
  }
}

function scopesOf(token: ProviderToken): string[] {
  const scope: unknown = Reflect.get(token, 'scope')
  return typeof scope === 'string' ? scope.split(' ') : []
}
