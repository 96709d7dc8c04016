import t from 'tap'
import { startServer } from '../server-process.ts'
import { startOpenIdStandIn } from '../standins/openid/server.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { openVisitor } from './browser.ts'
import { signInVisitor } from './show-steps.ts'

const spotify = await startSpotifyStandIn()
const openid = await startOpenIdStandIn()
const server = await startServer({ ...spotify.settings, ...openid.settings })
const newcomer = await openVisitor()
newcomer.page.setDefaultTimeout(20_000)
const member = await signInVisitor(server.url, 'Known member')
t.teardown(async () => {
  await Promise.all([newcomer.close(), member.close()])
  await server.close()
  await Promise.all([spotify.close(), openid.close()])
})

t.test('the sign-in link of a page leads back to that page', async t => {
  const { page } = newcomer
  await page.goto(`${server.url}/library`)
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
  await page.getByRole('button', { name: 'Upload songs' }).waitFor()
  t.equal(page.url(), `${server.url}/library`)
})

t.test('signing in with a provider returns to the requested page', async t => {
  const { page } = newcomer
  await page.goto(`${server.url}/sign-in?to=/plan`)
  await page.getByRole('button', { name: 'Continue with single sign-on' }).click()
  await page.getByRole('heading', { name: 'Schedule a show' }).waitFor()
  await page.getByRole('link', { name: 'Your profile, Somebody of OpenID' }).waitFor()
  t.equal(page.url(), `${server.url}/plan`, 'without a code in the address')
})

t.test('signing in with Spotify can be refused and repeated', async t => {
  const { page } = newcomer
  await page.goto(`${server.url}/sign-in`)
  await page.getByRole('button', { name: 'Continue with Spotify' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Sign-in didn’t work').waitFor()
  await page.getByRole('button', { name: 'Continue with Spotify' }).click()
  await page.getByRole('button', { name: 'Agree' }).click()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  t.equal(await page.getByText('Somebody of OpenID').count(), 0, 'another person is signed in')
})

t.test('an invalid code is reported', async t => {
  const { page } = newcomer
  await page.goto(`${server.url}/sign-in?code=made-up`)
  await page.getByRole('heading', { name: 'Sign-in didn’t work' }).waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'Continue with Spotify' }).waitFor()
  t.equal(new URL(page.url()).search, '')
})

t.test('a Spotify account is linked and unlinked', async t => {
  const { page } = member
  await page.goto(`${server.url}/settings`)
  await page.getByRole('button', { name: 'Link Spotify' }).click()
  await page.locator('input[value=listener2]').click()
  await page.getByRole('button', { name: 'Agree' }).click()
  await page.getByRole('button', { name: 'Unlink Spotify' }).click()
  await page.getByRole('button', { name: 'Link Spotify' }).waitFor()
  t.equal(page.url(), `${server.url}/settings`)
})
