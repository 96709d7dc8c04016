import { challengePair, createBrowser, leadsTo } from './browser-trip.ts'
import type { Somebody } from './people.ts'
import type { SpotifyStandIn } from './standins/spotify/server.ts'

/** The trip of a link, up to the code: as the listener of that id, who is made up when they are not there. */
export async function linkCode(
  person: Somebody,
  { state }: SpotifyStandIn,
  redirectUri: string,
  listener: string,
  more: { player?: boolean } = {}
): Promise<{ code: string; codeVerifier: string }> {
  if (!state.listeners.some(({ id }) => id === listener)) {
    state.listeners.push({ id: listener, name: 'Somebody', image: null })
  }
  const browser = createBrowser()
  const { codeVerifier, codeChallenge } = challengePair()
  const { authorizeUrl } = await person.rest<{ authorizeUrl: string }>('POST', '/v1/users/me/spotify', {
    redirectUri,
    codeChallenge,
    ...more
  })
  const page = leadsTo(await browser.open(authorizeUrl))
  const callback = leadsTo(
    await browser.post(`${page.origin}/authorize`, {
      ...Object.fromEntries(page.searchParams),
      listener,
      decision: 'agree'
    })
  )
  return { code: leadsTo(await browser.open(callback.href)).searchParams.get('code') ?? '', codeVerifier }
}

/** Links a listener of their own to somebody. */
export async function linkSpotify(person: Somebody, standIn: SpotifyStandIn, redirectUri: string): Promise<void> {
  await person.rest(
    'PUT',
    '/v1/users/me/spotify',
    await linkCode(person, standIn, redirectUri, `listener-of-${person.id}`)
  )
}
