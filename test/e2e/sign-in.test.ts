import t from 'tap'
import { startServer } from '../server-process.ts'
import { startOpenIdStandIn } from '../standins/openid/server.ts'
import { startSpotifyStandIn } from '../standins/spotify/server.ts'
import { openVisitor } from './browser.ts'
import { arrive } from './moves.ts'

const spotify = await startSpotifyStandIn()
const openid = await startOpenIdStandIn()
const server = await startServer({ ...spotify.settings, ...openid.settings })
const newcomer = await openVisitor()
newcomer.page.setDefaultTimeout(20_000)
const known = await arrive(server.url, 'Somebody known')
t.teardown(async () => {
  await Promise.all([newcomer.close(), known.close()])
  await server.close()
  await Promise.all([spotify.close(), openid.close()])
})

t.test('by the link above any page, and back to that page', async t => {
  const { page } = newcomer
  await page.goto(`${server.url}/library`)
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Continue with your account' }).click()
  await page.getByRole('button', { name: 'Upload songs' }).waitFor()
  t.equal(page.url(), `${server.url}/library`)
})

t.test('by a provider, and back to where one wanted to go', async t => {
  const { page } = newcomer
  await page.goto(`${server.url}/sign-in?to=/plan`)
  await page.getByRole('button', { name: 'Continue with your account' }).click()
  await page.getByRole('heading', { name: 'Plan a show' }).waitFor()
  await page.getByRole('link', { name: 'Your page, Somebody of OpenID' }).waitFor()
  t.equal(page.url(), `${server.url}/plan`, 'and no code in the address')
})

t.test('with Spotify, and refusing it', async t => {
  const { page } = newcomer
  await page.goto(`${server.url}/sign-in`)
  await page.getByRole('button', { name: 'Continue with Spotify' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Signing in did not work out').waitFor()
  await page.getByRole('button', { name: 'Continue with Spotify' }).click()
  await page.getByRole('button', { name: 'Agree' }).click()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  t.equal(await page.getByText('Somebody of OpenID').count(), 0, 'somebody else now')
})

t.test('a code is good once', async t => {
  const { page } = newcomer
  await page.goto(`${server.url}/sign-in?code=made-up`)
  await page.getByRole('heading', { name: 'Signing in did not work out' }).waitFor()
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'Continue with Spotify' }).waitFor()
  t.equal(new URL(page.url()).search, '')
})

t.test('Spotify is linked to an account and unlinked', async t => {
  const { page } = known
  await page.goto(`${server.url}/settings`)
  await page.getByRole('button', { name: 'Link Spotify' }).click()
  await page.locator('input[value=listener2]').click()
  await page.getByRole('button', { name: 'Agree' }).click()
  await page.getByRole('button', { name: 'Unlink Spotify' }).click()
  await page.getByRole('button', { name: 'Link Spotify' }).waitFor()
  t.equal(page.url(), `${server.url}/settings`)
})
