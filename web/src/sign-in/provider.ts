import { ambient } from '../ambient.ts'

export type ProviderName = 'spotify' | 'oidc'

/** What has to be known again when the provider sends the browser back. */
interface Begun {
  what: 'signIn' | 'link'
  codeVerifier: string
  to: string
}

const key = 'ambient:sign-in'
/** The only address of ours that providers send people back to. */
const redirectUri = `${window.location.origin}/sign-in`

/** Leaves for a provider that knows who somebody is. */
export async function beginSignIn(provider: ProviderName, to: string): Promise<void> {
  const codeChallenge = await begin('signIn', to)
  window.location.assign(`/v1/auth/${provider}?${new URLSearchParams({ redirectUri, codeChallenge })}`)
}

/** Leaves for Spotify to link it to who is signed in; with `player`, for its own player too. Throws CodedError. */
export async function beginLinkingSpotify(to: string, player = false): Promise<void> {
  const codeChallenge = await begin('link', to)
  window.location.assign(
    (await ambient.me.startLinkingSpotify({ redirectUri, codeChallenge, ...(player && { player }) })).authorizeUrl
  )
}

/** Ends what was begun, with the code that came back. Answers where to go on. Throws CodedError. */
export async function comeBack(code: string): Promise<string> {
  const { what, codeVerifier = '', to = '/' } = takeBegun()
  if (what === 'link') await ambient.me.linkSpotify({ code, codeVerifier })
  else await ambient.account.signInWithCode(code, codeVerifier)
  return to
}

/** Keeps a secret of this tab and answers its challenge. Proof Key for Code Exchange: RFC 7636. */
async function begin(what: Begun['what'], to: string): Promise<string> {
  const codeVerifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const begun: Begun = { what, codeVerifier, to }
  sessionStorage.setItem(key, JSON.stringify(begun))
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier))))
}

/** Used once, whatever comes of it. */
function takeBegun(): Partial<Begun> {
  const begun: Partial<Begun> = JSON.parse(sessionStorage.getItem(key) ?? '{}')
  sessionStorage.removeItem(key)
  return begun
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
