import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import type { Visitor } from './browser.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { waitUntilHearsMore } from './listening.ts'
import { bringOnStage, goLive, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host', { viewport: desktop })
const otherHost = await signInVisitor(server.url, 'Other host')
const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
t.teardown(async () => {
  await Promise.all([host.close(), otherHost.close(), guest.close()])
  await server.close()
})
const address = await goLive(host, 'The first show')
await goLive(otherHost, 'The other show')

const playerOf = ({ page }: Visitor) => page.getByRole('region', { name: 'Your show', exact: true })
const controlsOf = ({ page }: Visitor) => page.getByRole('region', { name: 'Show controls' })

async function pressLogo({ page }: Visitor): Promise<void> {
  await page.getByRole('link', { name: 'Ambient', exact: true }).click()
}

/** Presses a button of the system's media controls: headphones, a lock screen, a keyboard. */
async function pressMediaKey({ page }: Visitor, action: MediaSessionAction): Promise<void> {
  await page.evaluate(action => {
    const { mediaHandlers } = window as { mediaHandlers?: Map<string, MediaSessionActionHandler | null> }
    const handler = mediaHandlers?.get(action)
    if (!handler) throw new Error(`the page handles no ${action}`)
    handler({ action })
  }, action)
}

t.test('media keys pause and play the show, on its page and elsewhere', async t => {
  const { page } = guest
  await guest.context.addInitScript(() => {
    const mediaHandlers = new Map<string, MediaSessionActionHandler | null>()
    navigator.mediaSession.setActionHandler = (action, handler) => {
      mediaHandlers.set(action, handler)
    }
    Object.assign(window, { mediaHandlers })
  })
  await joinShow(guest, address)
  await waitUntilHearsMore(guest)
  await pressMediaKey(guest, 'pause')
  await controlsOf(guest).getByRole('button', { name: 'Tap to listen' }).waitFor()
  t.equal(await page.evaluate(() => navigator.mediaSession.playbackState), 'paused')
  await pressMediaKey(guest, 'play')
  await page.getByRole('button', { name: 'Tap to listen' }).waitFor({ state: 'detached' })
  await pressLogo(guest)
  await playerOf(guest).getByRole('button', { name: 'Pause' }).waitFor()
  await pressMediaKey(guest, 'pause')
  await playerOf(guest).getByRole('button', { name: 'Tap to listen' }).waitFor()
  await pressMediaKey(guest, 'play')
  await playerOf(guest).getByRole('button', { name: 'Pause' }).waitFor()
})

t.test('a listener who opens another show hears that one', async t => {
  await guest.page.getByRole('link', { name: 'The other show' }).click()
  await controlsOf(guest).waitFor()
  await guest.page.getByRole('heading', { name: 'The other show' }).waitFor()
  await host.page.getByText('0 listening').waitFor()
  await waitUntilHearsMore(guest)
  t.equal((await guest.receivedAudio()).streams, 1, 'and only that one')
})

t.test('a person on stage is asked before they join another show', async t => {
  const { page } = guest
  await joinShow(guest, address)
  await bringOnStage(host, guest, 'Guest')
  await pressLogo(guest)
  await page.getByRole('button', { name: 'Keep talking in the background' }).click()
  await page.getByRole('link', { name: 'The other show' }).click()
  await page.getByRole('heading', { name: 'You’re on air in another show' }).waitFor()
  await checkScreen(t, page, 'question before another show', [phone, desktop])
  await page.setViewportSize(phone)
  t.ok(await playerOf(guest).getByRole('button', { name: 'Mute' }).isVisible())
  await waitUntilHearsMore(host)
  await page.getByRole('link', { name: 'Back to The first show' }).click()
  await controlsOf(guest).getByRole('button', { name: 'Mute' }).waitFor()
  await pressLogo(guest)
  await page.getByRole('button', { name: 'Keep talking in the background' }).click()
  await page.getByRole('link', { name: 'The other show' }).click()
  await page.getByRole('button', { name: 'Leave and join this show' }).click()
  await controlsOf(guest).waitFor()
  await waitForFocus(page, /The other show/)
  await host.page.getByText('0 listening').waitFor()
})

t.test('signing out leaves the show', async t => {
  const { page } = guest
  await pressLogo(guest)
  await playerOf(guest).waitFor()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('button', { name: 'Sign out here' }).click()
  await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
  await playerOf(guest).waitFor({ state: 'detached' })
  await otherHost.page.getByText('0 listening').waitFor()
  t.pass()
})
