import t from 'tap'
import { testAtNight } from '../depth.ts'
import { startServer } from '../server-process.ts'
import { goLive } from '../users.ts'
import { checkScreen, phone } from './accessibility.ts'
import { openVisitor } from './browser.ts'
import { joinShow, signInVisitor } from './show-steps.ts'
import { apiClientOf, prepareSongs, toneSong } from './test-songs.ts'

const server = await startServer()
const { creator, client, showId } = await goLive(server.url, 'Songs from the kitchen')
t.teardown(async () => {
  client.disconnect()
  await server.close()
})

t.test('pages say who is here, who hears the song, and who of the followed people is online', async t => {
  await prepareSongs(server.url, creator, showId, [toneSong(440, 120)])
  const listener = await signInVisitor(server.url, 'Listener', { viewport: phone })
  const fan = await signInVisitor(server.url, 'Fan')
  const stranger = await openVisitor()
  t.teardown(async () => await Promise.all([listener, fan, stranger].map(async visitor => await visitor.close())))

  await stranger.page.goto(server.url)
  await stranger.page.getByText(/^[3-9] people here$/).waitFor()
  await fan.page.getByText(/^[3-9] people here$/).waitFor()

  await listener.page.goto(`${server.url}/settings`)
  const choice = listener.page.getByRole('switch', { name: 'Followers can see when I’m online' })
  await choice.focus()
  t.notOk(await choice.isChecked(), 'off by default')
  await listener.page.keyboard.press('Space')
  await listener.page.reload()
  await choice.waitFor()
  t.ok(await choice.isChecked(), 'the choice is kept')

  // From the start page, so that the creator learns how the listener found the show.
  await listener.page.goto(server.url)
  await listener.page.getByRole('link', { name: 'Songs from the kitchen' }).click()
  await listener.page.getByRole('button', { name: 'Leave' }).waitFor()
  await joinShow(fan, `${server.url}/shows/${showId}`)
  await client.request('playback:play', {})
  await listener.page.getByText(/^[23] hear this song$/).waitFor()
  await checkScreen(t, listener.page, 'show with a song and its audience')

  const { id: listenerId } = await (await apiClientOf(server.url, listener)).rest<{ id: string }>('GET', '/v1/users/me')
  await fan.page.goto(`${server.url}/users/${listenerId}`)
  await fan.page.getByRole('button', { name: /^Follow / }).click()
  await fan.page.getByRole('button', { name: /^Unfollow |^Following / }).waitFor()
  await fan.page.goto(server.url)
  await fan.page.getByRole('heading', { name: 'Online now' }).waitFor()
  await checkScreen(t, fan.page, 'start page with people online')
  await fan.page.getByRole('link', { name: 'In the show Songs from the kitchen' }).click()
  await fan.page.getByRole('button', { name: 'Leave' }).waitFor()

  const { audience } = await creator.rest<{ audience: { sources: object } }>('GET', `/v1/shows/${showId}/analytics`)
  // The fan came by the address first, which counts.
  t.match(audience.sources, { discover: 1, link: 1, follow: 0 })
})

testAtNight(t, 'a creator opens the numbers of the running show, and the show goes on', async t => {
  const host = await signInVisitor(server.url, 'Host')
  t.teardown(async () => await host.close())
  const api = await apiClientOf(server.url, host)
  const { id } = await api.rest<{ id: string }>('POST', '/v1/shows', { title: 'A running show' })
  await api.rest('POST', `/v1/shows/${id}/start`, {})
  const listener = await signInVisitor(server.url, 'Another listener')
  t.teardown(async () => await listener.close())
  await host.page.goto(`${server.url}/shows/${id}`)
  await host.page.getByRole('button', { name: 'Tools' }).waitFor()
  await joinShow(listener, `${server.url}/shows/${id}`)
  await host.page.getByRole('button', { name: 'Tools' }).click()
  await host.page.getByRole('link', { name: 'Numbers' }).click()
  await host.page.getByText('so far').waitFor()
  await host.page.getByText('100% of the listeners came by a link.').waitFor()
  await host.page.getByRole('slider', { name: 'Listeners in each minute' }).waitFor()
  t.match(await host.page.getByRole('definition').first().textContent(), '1')
  await host.page.getByRole('link', { name: 'Back to the show A running show' }).click()
  await host.page.getByRole('button', { name: 'Tools' }).waitFor()

  await api.rest('POST', `/v1/shows/${id}/end`, {})
  await host.page.getByRole('link', { name: 'See what held people' }).click()
  await host.page.getByRole('heading', { name: 'Numbers' }).waitFor()
  await host.page.getByRole('link', { name: 'All your shows' }).click()
  await host.page.getByRole('link', { name: /^A running show/ }).waitFor()
  await listener.page.goto(`${server.url}/shows/${id}/numbers`)
  await listener.page.getByRole('heading', { name: 'Only for the hosts' }).waitFor()
})
