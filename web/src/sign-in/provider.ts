import { ambient } from '../ambient.ts'

export type ProviderName = 'spotify' | 'oidc'

/** What has to be known again when the provider sends the browser back. */
interface Begun { codeVerifier: string, to: string }

const key = 'ambient:sign-in'

/** Leaves for a provider that knows who somebody is; it comes back to `/sign-in`. Proof Key for Code Exchange: RFC 7636. */
export async function beginSignIn (provider: ProviderName, to: string): Promise<void> {
  const codeVerifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const codeChallenge = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier))))
  const begun: Begun = { codeVerifier, to }
  sessionStorage.setItem(key, JSON.stringify(begun))
  const redirectUri = `${window.location.origin}/sign-in`
  window.location.assign(`/v1/auth/${provider}?${new URLSearchParams({ redirectUri, codeChallenge })}`)
}

/** Ends what was begun, with the code that came back. Answers where to go on. Throws CodedError. */
export async function endSignIn (code: string): Promise<string> {
  const begun: Partial<Begun> = JSON.parse(sessionStorage.getItem(key) ?? '{}')
  // Used once, whatever comes of it.
  sessionStorage.removeItem(key)
  await ambient.account.signInByCode(code, begun.codeVerifier ?? '')
  return begun.to ?? '/'
}

function base64url (bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
