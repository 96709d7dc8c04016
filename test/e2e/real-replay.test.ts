import t from 'tap'
import { recordShow } from '../recorded-show.ts'
import { startApp } from '../realtime/real-app.ts'
import { signIn } from '../users.ts'
import { openVisitor } from './browser.ts'
import { signInVisitor } from './show-steps.ts'
import { apiClientOf } from './test-songs.ts'

const { app, url } = await startApp(t)

t.test('the replay of a recorded show is mixed, published, heard, trimmed and embedded', async t => {
  const host = await signInVisitor(url, 'Mira')
  const stranger = await openVisitor()
  t.teardown(async () => await Promise.all([host.close(), stranger.close()]))
  stranger.page.setDefaultTimeout(20_000)
  const { page } = host
  const { rest } = await apiClientOf(url, host)
  const { id: creatorId } = await rest<{ id: string }>('GET', '/v1/users/me')
  const { id: jonasId } = await signIn(url, 'Jonas')
  const { showId } = await recordShow(app, {
    creatorId,
    title: 'Songs from the kitchen',
    durationMs: 30_000,
    stints: [
      { userId: creatorId, atMs: 0, durationMs: 30_000, source: "aevalsrc='0.4*sin(2*PI*440*t)*lt(mod(t,15),10)'" },
      { userId: jonasId, displayName: 'Jonas', atMs: 5000, durationMs: 8000, frequency: 880 }
    ]
  })

  await page.goto(`${url}/shows/${showId}`)
  await page.getByRole('button', { name: /^Play the replay/ }).waitFor({ timeout: 30_000 })
  await stranger.page.goto(`${url}/shows/${showId}`)
  await stranger.page.getByText('No comments in this show').waitFor()
  t.equal(await stranger.page.getByRole('heading', { name: 'Replay' }).count(), 0, 'not published')
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.getByText('Published. Everybody').waitFor()

  await stranger.page.goto(`${url}/shows/${showId}?t=4`)
  await stranger.page.getByRole('list', { name: 'Who speaks when' }).getByText('Jonas').waitFor()
  await stranger.page.getByRole('button', { name: /^Play the replay/ }).click()
  await stranger.page.waitForFunction(() => document.querySelector('[data-position=now]')?.textContent === '0:06')
  await stranger.page.getByRole('tab', { name: 'Chapters' }).waitFor()

  await page.getByRole('button', { name: 'Trim' }).click()
  await page.getByRole('slider', { name: 'Beginning' }).focus()
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('0:26', { exact: true }).waitFor({ timeout: 30_000 })

  await stranger.page.goto(`${url}/embed/${showId}`)
  await stranger.page.getByText('Replay', { exact: false }).first().waitFor()
  await stranger.page.locator('audio').evaluate(async (audio: HTMLAudioElement) => await audio.play())
  await stranger.page.waitForFunction(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.3)

  await stranger.page.goto(`${url}/users/${creatorId}`)
  await stranger.page.getByRole('link', { name: 'Podcast feed (RSS)' }).waitFor()
  await stranger.page.locator('main').getByRole('link', { name: 'Songs from the kitchen' }).first().click()
  await stranger.page.getByRole('button', { name: /^Play the replay/ }).waitFor()

  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete replay' }).click()
  await page.getByText('There is no replay').waitFor()
  await stranger.page.goto(`${url}/embed/${showId}`)
  await stranger.page.getByText('This show has ended').waitFor()
})
