import { ambient } from '../ambient.ts'

export type ProviderName = 'spotify' | 'oidc'

/** The data that this tab must remember until the provider sends the browser back. */
interface PendingSignIn {
  purpose: 'signIn' | 'link'
  codeVerifier: string
  returnPath: string
}

const key = 'ambient:sign-in'
/** The only address to which providers send people back. */
const redirectUri = `${window.location.origin}/sign-in`

/** Redirects the browser to a provider to sign in. */
export async function beginSignIn(provider: ProviderName, returnPath: string): Promise<void> {
  const codeChallenge = await storePending('signIn', returnPath)
  window.location.assign(`/v1/auth/${provider}?${new URLSearchParams({ redirectUri, codeChallenge })}`)
}

/**
 * Redirects the browser to Spotify to link it to the signed-in account.
 * @param player also asks for permission to play in Spotify's own player
 * @throws CodedError
 */
export async function beginLinkingSpotify(returnPath: string, player = false): Promise<void> {
  const codeChallenge = await storePending('link', returnPath)
  window.location.assign(
    (await ambient.me.startLinkingSpotify({ redirectUri, codeChallenge, ...(player && { player }) })).authorizeUrl
  )
}

/**
 * Finishes the pending sign-in or link with the code that came back, and returns the path to open next.
 * @throws CodedError
 */
export async function finishSignIn(code: string): Promise<string> {
  const { purpose, codeVerifier = '', returnPath = '/' } = takePending()
  if (purpose === 'link') await ambient.me.linkSpotify({ code, codeVerifier })
  else await ambient.account.signInWithCode(code, codeVerifier)
  sessionStorage.removeItem(key)
  return returnPath
}

/** Stores a secret in this tab and returns its challenge. Proof Key for Code Exchange: RFC 7636. */
async function storePending(purpose: PendingSignIn['purpose'], returnPath: string): Promise<string> {
  const codeVerifier = base64url(crypto.getRandomValues(new Uint8Array(32)))
  const pending: PendingSignIn = { purpose, codeVerifier, returnPath }
  sessionStorage.setItem(key, JSON.stringify(pending))
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier))))
}

/** Returns the path to open after a sign-in that the provider refused, or that failed, when it is tried again. */
export function pendingReturnPath(): string | null {
  return readPending().returnPath ?? null
}

/** Returns the pending sign-in. Its secret is removed: it is used once, whatever the result. */
function takePending(): Partial<PendingSignIn> {
  const pending = readPending()
  sessionStorage.setItem(key, JSON.stringify({ returnPath: pending.returnPath }))
  return pending
}

function readPending(): Partial<PendingSignIn> {
  return JSON.parse(sessionStorage.getItem(key) ?? '{}')
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
