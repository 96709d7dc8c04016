import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { goLive, showIdOf, signInVisitor } from './show-steps.ts'
import { apiClientOf } from './test-songs.ts'

const server = await startServer()
t.teardown(async () => await server.close())
const sizes = [phone, desktop]

t.test('a creator copies the addresses of the stream, and the code of the player', async t => {
  const host = await signInVisitor(server.url, 'Mira')
  t.teardown(async () => await host.close())
  const { page, context } = host
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const showId = showIdOf(await goLive(host, 'Songs & "letters"'))
  const base = `${server.url}/live/${showId}`
  const urls = { mp3: `${base}.mp3`, aac: `${base}.aac`, opus: `${base}.opus`, hls: `${base}/hls/index.m3u8` }
  let isAway = true
  await page.route('**/v1/shows/*/program', async route => {
    const away = { status: 503, json: { code: 'UNAVAILABLE', message: 'The streams are away.' } }
    await route.fulfill(isAway ? away : { json: { on: true, listeners: 1204, urls } })
  })

  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('tab', { name: 'Rules' }).click()
  await page.getByRole('button', { name: 'Links for radio apps and websites' }).click()
  await page.getByText('The streams are away.').waitFor()
  isAway = false
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('About 1,204 people hear the stream').waitFor()
  await checkScreen(t, page, 'the links of a stream', sizes)
  await page.getByRole('button', { name: 'Copy: MP3' }).click()
  await page.getByText('Copied').waitFor()
  t.equal(await page.evaluate(async () => await navigator.clipboard.readText()), urls.mp3)
  await page.getByRole('button', { name: 'Copy: Player for a website' }).click()
  await page.getByText('Copied').nth(1).waitFor()
  const code = await page.evaluate(async () => await navigator.clipboard.readText())
  t.match(code, `<iframe src="${server.url}/embed/${showId}" title="Songs &amp; &quot;letters&quot;"`)
})

const feed = `<?xml version="1.0"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>Mira</title>
${Array.from(
  { length: 8 },
  (_, index) => `<item><title>Evening &amp; ${index}</title><link>https://shows.example/shows/show${index}</link>
  <pubDate>Mon, 01 Mar 2027 21:0${index}:00 GMT</pubDate><itunes:duration>${3000 + index}</itunes:duration></item>`
).join('')}
<item><title>broken</title><link>not a link</link><pubDate>never</pubDate></item></channel></rss>`

t.test('a profile lists replays and names their feed; settings show the space of recordings', async t => {
  const host = await signInVisitor(server.url, 'Mira', { viewport: phone })
  t.teardown(async () => await host.close())
  const { page } = host
  const { id } = await (await apiClientOf(server.url, host)).rest<{ id: string }>('GET', '/v1/users/me')
  await page.goto(`${server.url}/users/${id}`)
  await page.getByText('Your past shows will appear here').waitFor()
  t.equal(await page.getByRole('heading', { name: 'Replays' }).count(), 0, 'left out without any')

  await page.route(
    '**/feed.xml',
    async route => await route.fulfill({ contentType: 'application/rss+xml', body: feed })
  )
  await page.route('**/v1/recordings/space', async route => {
    await route.fulfill({ json: { usedBytes: 980_000_000, limitBytes: 1_000_000_000 } })
  })
  await page.reload()
  await page.getByRole('link', { name: 'Evening & 0' }).waitFor()
  await checkScreen(t, page, 'a profile with replays', sizes)
  t.equal(await page.getByRole('link', { name: 'Podcast feed (RSS)' }).getAttribute('href'), `/v1/users/${id}/feed.xml`)
  t.equal(
    await page.locator('head link[type="application/rss+xml"]').getAttribute('href'),
    `/v1/users/${id}/feed.xml`,
    'readers of feeds find it'
  )
  await page.getByText('50:00', { exact: false }).first().waitFor()
  await page.getByRole('button', { name: 'Show all 8 replays' }).click()
  t.equal(await page.getByRole('link', { name: /^Evening/ }).count(), 8)
  await page.getByRole('link', { name: 'Evening & 7' }).click()
  await page.waitForURL(/\/shows\/show7$/)

  await page.goto(`${server.url}/settings`)
  await page.getByText('Delete replays that you no longer need').waitFor()
  await checkScreen(t, page, 'settings with recordings')
})
