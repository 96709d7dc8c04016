import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import type { Visitor } from './browser.ts'
import { describeFocus, waitForFocus } from './keyboard-steps.ts'
import { waitUntilHearsMore } from './listening.ts'
import { failMicrophone } from './microphone-steps.ts'
import { bringOnStage, endShow, goLive, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host', { viewport: desktop })
const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
await host.context.addInitScript(keepMediaKeys)
let joinCount = 0
guest.page.on('websocket', socket => {
  socket.on('framesent', ({ payload }) => {
    if (payload.includes('"show:join"')) joinCount++
  })
})
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})

type KeyWindow = Window & { mediaKeys: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> }

/** Keeps what the page does on the keys of a headset, which a test cannot press. */
function keepMediaKeys(): void {
  const mediaKeys: KeyWindow['mediaKeys'] = {}
  Object.assign(window, { mediaKeys })
  navigator.mediaSession.setActionHandler = (action, handler) => {
    if (handler) mediaKeys[action] = handler
  }
}

const playerOf = ({ page }: Visitor) => page.getByRole('region', { name: 'Your show', exact: true })
const questionOf = ({ page }: Visitor) => page.getByRole('dialog', { name: 'You’re on air' })

/** Opens the start page from the logo. */
async function pressLogo({ page }: Visitor): Promise<void> {
  await page.getByRole('link', { name: 'Ambient', exact: true }).click()
}

/** Follows the link of the mini-player to the page of the show. */
async function returnToShow(visitor: Visitor): Promise<void> {
  await playerOf(visitor)
    .getByRole('link', { name: /^Back to the show/ })
    .click()
  await visitor.page.getByRole('region', { name: 'Show controls' }).waitFor()
  await playerOf(visitor).waitFor({ state: 'detached' })
}

let address = ''

t.test('a listener keeps the sound on every page, and finds the way back', async t => {
  await host.page.reload()
  address = await goLive(host, 'A show that goes on')
  const { page } = guest
  await page.goto(server.url)
  await page.getByRole('link', { name: 'A show that goes on' }).click()
  await page.getByRole('button', { name: 'Leave' }).waitFor()
  await waitUntilHearsMore(guest)
  const before = await guest.receivedAudio()

  await pressLogo(guest)
  const player = playerOf(guest)
  await player.getByText('Host', { exact: true }).waitFor()
  t.equal(new URL(page.url()).pathname, '/', 'without a question, in the same tab')
  t.equal(guest.context.pages().length, 1)
  await waitUntilHearsMore(guest)
  t.equal((await guest.receivedAudio()).streams, before.streams, 'on the same connection')
  await checkScreen(t, page, 'start page with the mini-player')
  for (const [link, heading] of [
    ['Your songs', 'Your songs'],
    ['Settings', 'Settings'],
    ['Your profile, Guest', 'Guest']
  ] as const) {
    await page.getByRole('link', { name: link }).click()
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
    t.ok(await player.isVisible(), link)
    t.not(await describeFocus(page), '', 'the focus is not on the body')
  }
  await checkScreen(t, page, 'profile with the mini-player', [phone, desktop])
  await page.setViewportSize(phone)
  await waitUntilHearsMore(guest)
  await returnToShow(guest)
  t.equal(await host.page.getByText('1 listening').count(), 1)
  t.equal(joinCount, 1, 'the listener never left')
  await waitUntilHearsMore(guest)

  await page.goBack()
  await player.waitFor()
  await page.goForward()
  await page.getByRole('region', { name: 'Show controls' }).waitFor()
})

t.test('targets of the mini-player are large enough, and it covers no content at the end of a page', async t => {
  await pressLogo(guest)
  const player = playerOf(guest)
  await player.waitFor()
  for (const control of await player.locator('a, button').all()) {
    const box = await control.boundingBox()
    t.ok(box && box.width >= 44 && box.height >= 44, `${await control.innerText()} ${JSON.stringify(box)}`)
  }
  await guest.page.getByRole('link', { name: 'Settings' }).click()
  await guest.page.getByRole('heading', { name: 'Where you’re signed in' }).waitFor()
  const last = guest.page.locator('main button').last()
  await last.scrollIntoViewIfNeeded()
  await guest.page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  const [lastBox, playerBox] = [await last.boundingBox(), await player.boundingBox()]
  t.ok(lastBox && playerBox && lastBox.y + lastBox.height <= playerBox.y, 'the last button is above it')
})

t.test('pause and play of the system stop and start the sound', async t => {
  const { page } = guest
  const player = playerOf(guest)
  await player.getByRole('button', { name: 'Pause' }).click()
  await player.getByRole('button', { name: 'Tap to listen' }).waitFor()
  t.equal(await page.evaluate(() => navigator.mediaSession.playbackState), 'paused')
  await waitForFocus(page, /Tap to listen|Leave/)
  await player.getByRole('button', { name: 'Tap to listen' }).click()
  await player.getByRole('button', { name: 'Pause' }).waitFor()
  t.equal(await page.evaluate(() => navigator.mediaSession.playbackState), 'playing')
  await waitForFocus(page, /Pause|Leave/)
})

t.test('the logo, links and Back ask a person on stage first', async t => {
  const { page } = guest
  await returnToShow(guest)
  await bringOnStage(host, guest, 'Guest')
  const question = questionOf(guest)
  await pressLogo(guest)
  await question.waitFor()
  t.equal(await page.title(), 'On air · A show that goes on · Ambient')
  await checkScreen(t, page, 'question before leaving the page on stage', [phone, desktop])
  await page.setViewportSize(phone)
  await question.getByRole('button', { name: 'Stay' }).click()
  await question.waitFor({ state: 'detached' })
  t.equal(page.url(), address)
  await waitForFocus(page, /^a Ambient/)

  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await page.goBack()
  await question.waitFor()
  t.equal(page.url(), address, 'the address is that of the show')
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  await waitForFocus(page, /A show that goes on/)
  t.ok(await page.getByRole('button', { name: 'Mute' }).isVisible())

  await page.goBack()
  await question.getByRole('button', { name: 'Keep talking in the background' }).click()
  const player = playerOf(guest)
  await player.getByRole('button', { name: 'Mute' }).waitFor()
  t.equal(new URL(page.url()).pathname, '/settings', 'the page before')
  await waitUntilHearsMore(host)
  t.not(await describeFocus(page), '')
})

t.test('a person on stage mutes and unmutes on any page, and links there ask nothing', async t => {
  const { page } = guest
  const player = playerOf(guest)
  await checkScreen(t, page, 'mini-player on stage', [phone, desktop])
  await page.setViewportSize(phone)
  await player.getByRole('button', { name: 'Mute' }).click()
  await player.getByRole('button', { name: 'Unmute' }).waitFor()
  await host.page.getByText('muted', { exact: true }).waitFor()
  await pressLogo(guest)
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  await page.waitForFunction(() => document.title === 'On air · Ambient')
  t.equal(await questionOf(guest).count(), 0)
  await player.getByRole('button', { name: 'Unmute' }).click()
  await waitUntilHearsMore(host)
  const hasBeforeUnload = await page.evaluate(() => {
    const event = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(event)
    return event.defaultPrevented
  })
  t.ok(hasBeforeUnload, 'closing the tab asks')
})

t.test('leaving the stage in the question keeps the sound', async t => {
  const { page } = guest
  await returnToShow(guest)
  await pressLogo(guest)
  await questionOf(guest).getByRole('button', { name: 'Leave the stage' }).click()
  await playerOf(guest).getByRole('button', { name: 'Pause' }).waitFor()
  t.equal(new URL(page.url()).pathname, '/')
  await page.waitForFunction(() => document.title === 'Ambient')
  await host.page.getByText('Listener', { exact: true }).waitFor({ state: 'detached' })
  await waitUntilHearsMore(guest)
})

t.test('a host looks at the numbers while on air, and ends the show from the mini-player', async t => {
  const { page } = host
  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('link', { name: 'Numbers' }).click()
  const question = questionOf(host)
  t.equal(await question.getByRole('button', { name: 'Leave the stage' }).count(), 0, 'a creator keeps the stage')
  await question.getByRole('button', { name: 'Keep talking in the background' }).click()
  await page.getByText('so far').waitFor()
  t.equal(host.context.pages().length, 1, 'in the same tab')
  await waitUntilHearsMore(guest)
  const player = playerOf(host)
  await page.evaluate(() => (window as unknown as KeyWindow).mediaKeys.pause?.({ action: 'pause' }))
  await player.getByRole('button', { name: 'Tap to listen' }).waitFor()
  await failMicrophone(host, 'ended')
  await player.getByRole('button', { name: 'Nobody hears you: resume' }).waitFor()
  await checkScreen(t, page, 'mini-player of a host whom nobody hears', [phone, desktop])
  await page.setViewportSize(phone)
  for (const control of await player.locator('a, button').all()) {
    const box = await control.boundingBox()
    const isInside = box && box.x >= 0 && box.x + box.width <= phone.width && box.width >= 44
    t.ok(isInside, `${await control.innerText()} ${JSON.stringify(box)}`)
  }
  await player.getByRole('button', { name: 'Nobody hears you: resume' }).click()
  await player.getByRole('button', { name: 'Tap to listen' }).click()
  await waitUntilHearsMore(guest)
  await player.getByRole('button', { name: 'End show' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click()
  await waitForFocus(page, /End show/)

  await page.goto(`${server.url}/users/nobody`)
  await joinShow(guest, address)
  await pressLogo(guest)
  await playerOf(guest).waitFor()
  await page.goto(address)
  await page.getByRole('button', { name: 'End show' }).waitFor()
  await endShow(host)
  const ended = playerOf(guest)
  await ended.getByText('The show has ended').waitFor()
  await checkScreen(t, guest.page, 'mini-player of an ended show', [phone, desktop])
  await ended.getByRole('link', { name: 'How it went' }).click()
  await guest.page.getByText('Thanks for being here').waitFor()
  t.equal(await playerOf(guest).count(), 0)
})

t.test('leaving ends the sound and moves the focus to the page', async t => {
  const { page } = guest
  const anotherHost = await signInVisitor(server.url, 'Another host')
  t.teardown(async () => await anotherHost.close())
  address = await goLive(anotherHost, 'Another show')
  await joinShow(guest, address)
  await pressLogo(guest)
  await playerOf(guest).getByRole('button', { name: 'Leave' }).click()
  await playerOf(guest).waitFor({ state: 'detached' })
  await waitForFocus(page, /^h1/)
  t.equal((await guest.receivedAudio()).streams, 0)
})
