import t from 'tap'
import { testAtNight } from '../depth.ts'
import { createPkcePair } from '../oauth-browser.ts'
import { startServer } from '../server-process.ts'
import { startOpenIdStandIn } from '../standins/openid/server.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { openVisitor } from './browser.ts'
import { startDrag } from './keyboard-steps.ts'
import { signInVisitor, chooseFromMenu, goLive, joinShow } from './show-steps.ts'
import {
  addWholePlaylist,
  approveAtSpotify,
  readPlaybackSecond,
  readPlaylistTitles,
  waitForPlaylistTitles
} from './spotify-steps.ts'

const appLink = 'ambient-app:/signed-in'
const spotify = await startSpotifyStandIn()
const openid = await startOpenIdStandIn()
const server = await startServer({ ...spotify.settings, ...openid.settings, DRAIN_DEADLINE_MS: '1' })
// The allow-list contains the server's own address, which is known only now.
await server.restart({ REDIRECT_URIS: `${server.url}/sign-in,${appLink}` })
const host = await signInVisitor(server.url, 'Host')
const other = await signInVisitor(server.url, 'Other')
t.teardown(async () => {
  await Promise.all([host.close(), other.close()])
  await server.close()
  await Promise.all([spotify.close(), openid.close()])
})

/**
 * Returns the address to which the server redirects after the provider: the app's own scheme, which no browser opens.
 */
async function deepLinkAfter(
  provider: 'spotify' | 'oidc',
  codeChallenge: string,
  decide: (page: typeof host.page) => Promise<void>
): Promise<URL> {
  const app = await openVisitor()
  try {
    const back = app.page.waitForResponse(response => response.url().includes(`/v1/auth/${provider}/callback`))
    // A provider without a page of its own redirects straight to the app's address, where the browser gives up.
    await app.page
      .goto(`${server.url}/v1/auth/${provider}?${new URLSearchParams({ redirectUri: appLink, codeChallenge })}`)
      .catch(() => {})
    await decide(app.page)
    return new URL((await (await back).headerValue('location')) ?? '')
  } finally {
    await app.close()
  }
}

for (const provider of ['spotify', 'oidc'] as const) {
  t.test(
    `an app signs in with ${provider}: the browser ends at its deep link, with a code bound to the app's secret`,
    async t => {
      const { codeVerifier, codeChallenge } = createPkcePair()
      const link = await deepLinkAfter(provider, codeChallenge, async page => {
        if (provider === 'spotify') await approveAtSpotify(page, 'listener2')
      })
      t.equal(`${link.protocol}${link.pathname}`, appLink)
      const exchange = async (secret: string) =>
        await fetch(`${server.url}/v1/auth/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ code: link.searchParams.get('code'), codeVerifier: secret })
        })
      const answer = await exchange(codeVerifier)
      t.equal(answer.status, 200)
      t.match(await answer.json(), {
        accessToken: String,
        refreshToken: String,
        user: { displayName: provider === 'spotify' ? 'Second listener' : 'Somebody of OpenID' }
      })
      t.equal((await exchange(codeVerifier)).status, 401, 'a code works once')
    }
  )
}

t.test('declining at Spotify returns to the app without a code', async t => {
  const link = await deepLinkAfter(
    'spotify',
    createPkcePair().codeChallenge,
    async page => await page.getByRole('button', { name: 'Cancel' }).click()
  )
  t.same(
    [`${link.protocol}${link.pathname}`, link.searchParams.get('error'), link.searchParams.get('code')],
    [appLink, 'access_denied', null]
  )
})

t.test('Spotify can be linked from the green room', async t => {
  const { page } = host
  await page.goto(`${server.url}/plan`)
  await page.getByLabel('Title').fill('Later')
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.getByRole('button', { name: 'Add music' }).click()
  await page.getByRole('tab', { name: 'Your Spotify playlists' }).click()
  await page.getByText('Your Spotify account isn’t linked yet').waitFor()
  const address = page.url()
  await page.getByRole('button', { name: 'Link Spotify' }).click()
  await approveAtSpotify(page, 'listener1')
  await page.getByRole('button', { name: 'Add music' }).waitFor()
  t.equal(page.url(), address, 'the page returns to the green room')
})

t.test('everybody sees the same position of a Spotify playlist in a live show', async t => {
  const { page } = host
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Go live' }).click()
  await addWholePlaylist(page, /Opening set/)
  await waitForPlaylistTitles(page, ['Amber 1', 'Harbour 1', 'Lantern 1', 'Meadow 1', 'Orbit 1'])
  await page.getByText('All changes saved').waitFor()
  await page.goto(server.url)
  const address = await goLive(host, 'Songs I like')
  await waitForPlaylistTitles(page, ['Amber 1', 'Harbour 1', 'Lantern 1', 'Meadow 1', 'Orbit 1'])

  await joinShow(other, address)
  t.equal(await other.page.getByRole('heading', { name: 'Playlist' }).count(), 0, 'listeners cannot edit the playlist')
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await other.page.getByRole('region', { name: 'Now playing' }).getByText('Amber 1', { exact: true }).waitFor()
  const link = other.page.getByRole('link', { name: 'Listen on Spotify' })
  t.match(await link.getAttribute('href'), /^https:\/\/open\.spotify\.com\/track\/track0+$/)
  await page.waitForFunction(() => document.querySelector('[data-position=now]')?.textContent === '0:02')
  const [hostSecond, otherSecond] = await Promise.all([readPlaybackSecond(page), readPlaybackSecond(other.page)])
  t.ok(Math.abs(hostSecond - otherSecond) <= 1, `${hostSecond} and ${otherSecond}`)
  t.match(
    await other.page.evaluate(() => {
      const { title, artist, artwork } = navigator.mediaSession.metadata ?? {}
      return { title, artist, artwork: artwork?.[0]?.src }
    }),
    { title: 'Amber 1', artist: 'The Ambers', artwork: /artwork/ }
  )

  await page.getByRole('slider', { name: 'Position' }).focus()
  await page.keyboard.press('PageUp')
  await other.page.waitForFunction(() => (document.querySelector('[data-position=now]')?.textContent ?? '') >= '0:12')
  t.ok(Math.abs((await readPlaybackSecond(page)) - (await readPlaybackSecond(other.page))) <= 1, 'also after a seek')
  await page.getByRole('button', { name: 'Pause' }).click()
  await other.page.getByText('Paused', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await other.page.getByRole('region', { name: 'Now playing' }).getByText('Harbour 1', { exact: true }).waitFor()

  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('tab', { name: 'Rules' }).click()
  await page.getByLabel('While Spotify plays').selectOption('on')
  await other.page.getByText('Voices are muted while Spotify plays').waitFor()
  await page.getByRole('button', { name: 'Close', exact: true }).click()
})

t.test('two people edit the playlist at the same time, and no change is lost', async t => {
  const { page } = host
  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'More options for Other' }).click()
  await page.getByRole('menuitem', { name: /co-host/ }).click()
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await waitForPlaylistTitles(other.page, ['Amber 1', 'Harbour 1', 'Lantern 1', 'Meadow 1', 'Orbit 1'])

  // The co-host's save is delayed until the host's is done, so that it has a stale version.
  const { promise: hostIsDone, resolve: releaseSave } = Promise.withResolvers<void>()
  await other.page.route('**/playlist', async route => {
    if (route.request().method() === 'PUT') await hostIsDone
    await route.continue()
  })
  await chooseFromMenu(other.page, 'Orbit 1', 'Move up')
  await other.page.getByText('Saving…').waitFor()
  await chooseFromMenu(page, 'Lantern 1', 'Remove')
  await page.getByText('All changes saved').waitFor()
  releaseSave()
  await other.page.getByText('Host changed the playlist at the same time').waitFor()
  for (const each of [page, other.page]) {
    await waitForPlaylistTitles(each, ['Amber 1', 'Harbour 1', 'Orbit 1', 'Meadow 1'])
  }
  await page.getByRole('button', { name: 'Undo' }).click()
  for (const each of [page, other.page]) {
    await waitForPlaylistTitles(each, ['Amber 1', 'Harbour 1', 'Lantern 1', 'Orbit 1', 'Meadow 1'])
  }
  t.equal((await readPlaylistTitles(page)).length, 5)
})

t.test('tracks are moved with the keyboard and by dragging', async t => {
  const { page } = host
  await startDrag(page, 'Meadow 1')
  for (const place of ['Insert between Lantern 1 and Orbit 1', 'Insert between Harbour 1 and Lantern 1']) {
    // Each key press moves one up.
    while ((await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))) !== place) {
      const before = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
      await page.keyboard.press('ArrowUp')
      await page.waitForFunction(was => document.activeElement?.getAttribute('aria-label') !== was, before)
    }
  }
  await page.keyboard.press('Enter')
  await waitForPlaylistTitles(other.page, ['Amber 1', 'Harbour 1', 'Meadow 1', 'Lantern 1', 'Orbit 1'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await waitForPlaylistTitles(other.page, ['Amber 1', 'Harbour 1', 'Lantern 1', 'Orbit 1', 'Meadow 1'])

  const row = (title: string) => page.getByRole('grid', { name: 'Playlist' }).getByRole('row', { name: title })
  await row('Meadow 1').dragTo(row('Amber 1'), { targetPosition: { x: 60, y: 4 }, sourcePosition: { x: 20, y: 30 } })
  await waitForPlaylistTitles(other.page, ['Meadow 1', 'Amber 1', 'Harbour 1', 'Lantern 1', 'Orbit 1'])
  t.pass('dragged')
})

t.test('errors of Spotify are explained, with a way to solve them', async t => {
  const { page } = host
  await page.getByRole('button', { name: 'Add music' }).click()
  await page.getByRole('tab', { name: 'Search Spotify' }).click()
  await page.getByLabel('Title, artist or album').fill('velvet')
  spotify.state.rateLimit = { calls: 1, retryAfterS: 2 }
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByText('That was a lot at once').waitFor()
  t.ok(await page.getByRole('button', { name: 'Try again' }).isDisabled())
  await page.getByText('You can try again now').waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'Add Velvet 1' }).click()
  await page.getByText('Added Velvet 1').waitFor()

  spotify.state.accessTokens.clear()
  spotify.state.refreshTokens.clear()
  await page.getByLabel('Title, artist or album').fill('orbit')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByText('Spotify needs you to link your account again').waitFor()
  await page.getByRole('link', { name: 'Link again in your settings' }).click()
  await page.getByRole('button', { name: 'Keep talking in the background' }).click()
  const player = page.getByRole('region', { name: 'Your show', exact: true })
  await player.getByRole('button', { name: 'Mute' }).waitFor()
  t.pass('a person on stage stays in the show')
  const link = page.getByRole('link', { name: 'Link again in another tab' })
  const [settings] = await Promise.all([page.context().waitForEvent('page'), link.click()])
  await settings.getByRole('button', { name: 'Link again' }).click()
  await approveAtSpotify(settings, 'listener1')
  await settings.getByRole('button', { name: 'Unlink Spotify' }).waitFor()
  await settings.close()
  await page.getByRole('button', { name: 'Unlink Spotify' }).waitFor()
  await player.getByRole('link', { name: /Back to the show/ }).click()
  await page.getByRole('button', { name: 'Add music' }).click()
  await page.getByRole('tab', { name: 'Search Spotify' }).click()
  await page.getByLabel('Title, artist or album').fill('orbit')
  await page.getByRole('button', { name: 'Search', exact: true }).click()
  await page.getByRole('button', { name: 'Add Orbit 2' }).waitFor()
})

testAtNight(t, 'a server without Spotify does not offer it', async t => {
  const plain = await startServer()
  const creator = await signInVisitor(plain.url, 'Creator')
  t.teardown(async () => {
    await creator.close()
    await plain.close()
  })
  await creator.page.getByRole('button', { name: 'Go live' }).click()
  await creator.page.getByRole('button', { name: 'Add music' }).click()
  await creator.page.getByText('You have no songs yet').waitFor()
  t.equal(await creator.page.getByRole('tab').count(), 1)
})
