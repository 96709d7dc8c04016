import { createPkcePair, createBrowser, redirectUrl } from './oauth-browser.ts'
import type { TestUser } from './users.ts'
import type { SpotifyStandIn } from './standins/spotify/server.ts'

/**
 * Follows the link flow of a Spotify account up to the code. Creates the Spotify listener when the stand-in has none
 * with this id.
 */
export async function requestLinkCode(
  person: TestUser,
  { state }: SpotifyStandIn,
  redirectUri: string,
  listener: string,
  more: { player?: boolean } = {}
): Promise<{ code: string; codeVerifier: string }> {
  if (!state.listeners.some(({ id }) => id === listener)) {
    state.listeners.push({ id: listener, name: 'Listener', image: null })
  }
  const browser = createBrowser()
  const { codeVerifier, codeChallenge } = createPkcePair()
  const { authorizeUrl } = await person.rest<{ authorizeUrl: string }>('POST', '/v1/users/me/spotify', {
    redirectUri,
    codeChallenge,
    ...more
  })
  const page = redirectUrl(await browser.open(authorizeUrl))
  const callback = redirectUrl(
    await browser.post(`${page.origin}/authorize`, {
      ...Object.fromEntries(page.searchParams),
      listener,
      decision: 'agree'
    })
  )
  return { code: redirectUrl(await browser.open(callback.href)).searchParams.get('code') ?? '', codeVerifier }
}

/** Links a new Spotify listener to the user. */
export async function linkSpotify(person: TestUser, standIn: SpotifyStandIn, redirectUri: string): Promise<void> {
  await person.rest(
    'PUT',
    '/v1/users/me/spotify',
    await requestLinkCode(person, standIn, redirectUri, `listener-of-${person.id}`)
  )
}
