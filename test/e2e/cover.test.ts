import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone as phoneSize } from './accessibility.ts'
import { landscape } from './sample-images.ts'
import { endShow, joinShow, showIdOf, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Mara', { viewport: desktop })
const phone = await signInVisitor(server.url, 'Noor', { viewport: phoneSize })
t.teardown(async () => {
  await Promise.all([host.close(), phone.close()])
  await server.close()
})
const covers = 'main img[src*="/v1/covers/"]'
const pngOf = (buffer: Buffer) => ({ name: 'cover.png', mimeType: 'image/png', buffer })
const evening = pngOf(await landscape('#2b2d6e', '#f08a4b', '#16213e'))
const morning = pngOf(await landscape('#8fd3f4', '#ffe29a', '#3a7d44'))
let address = ''

/** Waits until a picture is shown on the page of the listener, and returns its address. */
async function shownCover(): Promise<string> {
  const image = phone.page.locator(covers).first()
  await image.waitFor()
  await image.evaluate(async element => {
    const picture = element as HTMLImageElement
    picture.loading = 'eager'
    await picture.decode()
  })
  return (await image.getAttribute('src')) ?? ''
}

t.test('a creator chooses a cover while planning a show, and a listener sees it on a phone', async t => {
  const { page } = host
  await page.goto(`${server.url}/plan`)
  await page.getByLabel('Title').fill('Songs from the kitchen')
  await page.getByLabel('Start time').fill('2040-03-01T20:00')
  await page.locator('input[type=file]').setInputFiles(pngOf(Buffer.alloc(6_000_000)))
  await page.getByText('The picture is larger than 5 MB').waitFor()
  await page.locator('input[type=file]').setInputFiles(evening)
  await page.getByRole('button', { name: 'Remove cover' }).waitFor()
  await checkScreen(t, page, 'planning a show with a cover', [phoneSize, desktop])
  await page.setViewportSize(desktop)
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  address = page.url()

  await phone.page.goto(server.url)
  const card = phone.page.getByRole('listitem').filter({ hasText: 'Songs from the kitchen' })
  await card.waitFor()
  const onCard = await shownCover()
  t.equal(await card.locator('img').getAttribute('src'), onCard)
  await card.getByRole('link', { name: 'Songs from the kitchen', exact: true }).click()
  await phone.page.getByRole('heading', { name: 'Songs from the kitchen' }).waitFor()
  t.equal(await shownCover(), onCard, 'the same picture on the page of the show')
  await checkScreen(t, phone.page, 'a planned show with a cover', [phoneSize, desktop])
  await phone.page.setViewportSize(phoneSize)
  const preview = await (await fetch(address)).text()
  t.match(preview, `<meta property="og:image" content="${server.url}${onCard}">`)
})

t.test('the creator changes and removes it where the show is edited', async () => {
  const { page } = host
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByRole('button', { name: 'Change cover' }).waitFor()
  await page.getByLabel('Description').fill('Bring a song.')
  const before = await page.locator(covers).getAttribute('src')
  await page.locator('input[type=file]').setInputFiles(morning)
  await page.locator(`${covers}:not([src="${before}"])`).waitFor()
  await page.getByRole('button', { name: 'Remove cover' }).click()
  await page.getByRole('button', { name: 'Choose a cover' }).waitFor()
  await page.locator('input[type=file]').setInputFiles(morning)
  await page.locator(covers).waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(address)
  await page.getByText('Bring a song.').waitFor()
  await page.locator(covers).waitFor()
})

t.test('a show whose cover cannot be read is planned, and its page says so', async t => {
  const { page } = host
  await page.goto(`${server.url}/plan`)
  await page.getByLabel('Title').fill('Without a picture')
  await page.locator('input[type=file]').setInputFiles(pngOf(Buffer.from('not a picture')))
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.getByRole('alert').filter({ hasText: 'planned, but without its cover' }).waitFor()
  t.match(page.url(), /\/edit$/)
})

t.test('listeners of a live show see a new cover at once, and the lock screen has it', async t => {
  const { page } = host
  await page.goto(address)
  await page.getByRole('button', { name: 'Get ready now' }).click()
  await page.getByRole('heading', { name: 'Get ready' }).waitFor()
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByText('On air').waitFor()
  await page.getByRole('button', { name: 'Mute' }).waitFor()
  await joinShow(phone, address)
  const before = await shownCover()
  const lockScreen = () =>
    phone.page.evaluate(() => new URL(navigator.mediaSession.metadata?.artwork[0]?.src ?? 'about:blank').pathname)
  t.equal(await lockScreen(), before)

  await page.getByRole('button', { name: 'Edit title and topic' }).click()
  await page.getByRole('dialog').locator('input[type=file]').setInputFiles(evening)
  await phone.page.locator(`${covers}:not([src="${before}"])`).waitFor()
  t.equal(await lockScreen(), await shownCover())
  await checkScreen(t, page, 'changing the cover of a live show', [phoneSize, desktop])
  await page.setViewportSize(desktop)
  await checkScreen(t, phone.page, 'a live show with a cover', [phoneSize, desktop])
  await phone.page.setViewportSize(phoneSize)
  await page.getByRole('button', { name: 'Cancel' }).click()
})

t.test('the page of an ended show has it, and its creator changes it there', async t => {
  await endShow(host)
  const { page } = host
  await page.getByRole('heading', { name: 'Thanks for being here' }).waitFor()
  await phone.page.getByRole('heading', { name: 'Thanks for being here' }).waitFor()
  const before = await shownCover()
  await page.getByRole('button', { name: 'Change the cover' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Remove cover' }).click()
  await dialog.getByRole('button', { name: 'Choose a cover' }).waitFor()
  await dialog.locator('input[type=file]').setInputFiles(evening)
  await dialog.locator('img').waitFor()
  await checkScreen(t, page, 'changing the cover of an ended show', [phoneSize, desktop])
  await page.setViewportSize(desktop)
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.locator(`${covers}:not([src="${before}"])`).waitFor()

  await page.getByRole('button', { name: 'Plan the next one' }).click()
  await page.getByRole('button', { name: 'Remove cover' }).waitFor()
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  t.not(showIdOf(page.url()), showIdOf(address))
  await page.locator(covers).waitFor()
})
