import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone as phoneSize } from './accessibility.ts'
import { openVisitor } from './browser.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { endShow, goLive, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Mara')
const phone = await openVisitor({ viewport: phoneSize })
phone.page.setDefaultTimeout(20_000)
t.teardown(async () => {
  await Promise.all([host.close(), phone.close()])
  await server.close()
})
let address = ''

t.test('anybody with the link sees the show, and hears it with one press', async t => {
  address = await goLive(host, 'Songs from the kitchen')
  const { page } = phone
  await page.goto(address)
  await page.getByRole('heading', { name: 'Songs from the kitchen' }).waitFor()
  await page.getByText('with Mara').waitFor()
  await page.getByText('Live now', { exact: true }).waitFor()
  await checkScreen(t, page, 'a show as people with the link see it', [phoneSize, desktop])
  await page.setViewportSize(phoneSize)
  await page.getByRole('button', { name: 'Listen' }).click()
  await page.getByRole('button', { name: 'Leave' }).waitFor()
  t.equal(page.url(), address)
  await waitForFocus(page, /^h1 Songs from the kitchen/)
  await page.waitForFunction(() => document.querySelectorAll('li').length > 0)
  let energy = 0
  while (energy === 0) energy = (await phone.receivedAudio()).energy
  t.equal(await page.getByRole('button', { name: 'Tap to listen' }).count(), 0, 'the press has unlocked the sound')
})

t.test('a guest who wants to speak signs in, and comes back to the show', async t => {
  const { page } = phone
  await page.getByRole('button', { name: 'Sign in to speak' }).click()
  await page.getByText(/^You’re signed in as Guest/).waitFor()
  await page.getByLabel('Your name').fill('Noor')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Request to speak' }).waitFor()
  t.equal(page.url(), address)
})

t.test('a guest who wants to comment signs in, and comes back to the show', async t => {
  const guest = await openVisitor()
  t.teardown(async () => await guest.close())
  const { page } = guest
  await page.goto(address)
  await page.getByText('Live now, 1 listening').waitFor()
  await page.getByRole('button', { name: 'Listen' }).click()
  await page.getByRole('region', { name: 'Comments' }).getByRole('link', { name: 'Sign in' }).click()
  await page.getByLabel('Your name').fill('Lea')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Your comment').waitFor()
  t.equal(page.url(), address)
})

t.test('the link is shared by a dialog with a code', async t => {
  const { page, context } = host
  await context.grantPermissions(['clipboard-read', 'clipboard-write', 'microphone'])
  const share = page.getByRole('button', { name: 'Share', exact: true })
  await share.click()
  const dialog = page.getByRole('dialog', { name: 'Share Songs from the kitchen' })
  t.equal(await dialog.getByLabel('Link', { exact: true }).inputValue(), address)
  await dialog.getByRole('button', { name: 'Copy: Link' }).click()
  await dialog.getByText('Copied').waitFor()
  t.equal(await page.evaluate(async () => await navigator.clipboard.readText()), address)
  await dialog.getByRole('img', { name: 'QR code of the link' }).waitFor()
  await checkScreen(t, page, 'dialog that shares a show', [phoneSize, desktop])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await share.and(page.locator(':focus')).waitFor()
  t.ok(await share.evaluate(button => button === document.activeElement), 'the button has the focus again')
})

t.test('on a phone the share sheet of the device is one press away', async t => {
  const { page } = phone
  await page.evaluate(() => {
    Object.assign(navigator, {
      share: async (data: object) => {
        document.title = JSON.stringify(data)
      }
    })
  })
  const share = page.getByRole('button', { name: 'Share', exact: true })
  await share.click()
  await page.getByRole('button', { name: 'More ways to share' }).click()
  await page.waitForFunction(() => document.title.startsWith('{'))
  t.same(JSON.parse(await page.title()), { title: 'Songs from the kitchen', url: address })
})

t.test(
  'Go live leads through the sign-in to the green room, and the focus follows into the show and out of it',
  async t => {
    const newcomer = await openVisitor({ viewport: { width: 360, height: 740 } })
    t.teardown(async () => await newcomer.close())
    const { page } = newcomer
    await page.goto(server.url)
    await page.getByRole('button', { name: 'Go live' }).click()
    await page.getByLabel('Your name').fill('Ida')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('Show title').fill('A first show')
    t.match(page.url(), /\/shows\/[\w-]+$/)
    await page.getByRole('button', { name: 'Go live' }).click()
    await page.getByRole('button', { name: 'Mute' }).waitFor()
    await waitForFocus(page, /^h1 A first show/)
    await endShow(newcomer)
    await waitForFocus(page, /^h1 Thanks for being here/)
  }
)

t.test('without guests the page still shows the show, and leads through the sign-in to its sound', async t => {
  await host.page.getByText('On air').waitFor()
  await server.restart({ AUTH_GUESTS: 'off' })
  const visitor = await openVisitor()
  t.teardown(async () => await visitor.close())
  const { page } = visitor
  await page.goto(address)
  await page.getByRole('heading', { name: 'Songs from the kitchen' }).waitFor()
  await page.getByText('with Mara').waitFor()
  await page.getByRole('button', { name: 'Sign in to listen' }).click()
  await page.getByLabel('Your name').fill('Olu')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Leave' }).waitFor()
  t.equal(page.url(), address)
})

t.test('a private show stays hidden from people with the link', async t => {
  const visitor = await openVisitor()
  t.teardown(async () => await visitor.close())
  const { page } = host
  await page.goto(`${server.url}/plan`)
  const showId = await page.evaluate(async () => {
    const { accessToken } = JSON.parse(localStorage.getItem('ambient:account') ?? '{}') as { accessToken: string }
    const answer = await fetch('/v1/shows', {
      method: 'POST',
      headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Only for friends', visibility: 'private' })
    })
    return ((await answer.json()) as { id: string }).id
  })
  await visitor.page.goto(`${server.url}/shows/${showId}`)
  await visitor.page.getByRole('heading', { name: 'Show not found' }).waitFor()
  t.equal(await visitor.page.getByText('Only for friends').count(), 0)
  await visitor.page.getByRole('main').getByRole('link', { name: 'sign in' }).click()
  t.equal(visitor.page.url(), `${server.url}/sign-in?to=/shows/${showId}`)
})
