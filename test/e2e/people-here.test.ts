import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { openVisitor } from './browser.ts'
import { describeFocus, waitForFocus } from './keyboard-steps.ts'
import { goLive, joinShow, postComment, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Mara')
const listener = await signInVisitor(server.url, 'Noor', { viewport: phone })
const other = await signInVisitor(server.url, 'Olu', { viewport: desktop })
await listener.context.addInitScript(keepAudioElements)
t.teardown(async () => {
  await Promise.all([host.close(), listener.close(), other.close()])
  await server.close()
})
const address = await goLive(host, 'Songs from the kitchen')
await joinShow(listener, address)
await joinShow(other, address)

type AudioWindow = Window & { audioElements: HTMLAudioElement[] }

/** Keeps the elements that play sound where the test can read their volume. */
function keepAudioElements(): void {
  const elements: HTMLAudioElement[] = []
  Object.assign(window, { audioElements: elements })
  const Original = window.Audio
  window.Audio = class extends Original {
    constructor() {
      super()
      elements.push(this)
    }
  }
}

/** Waits until the voices that the page plays have these volumes. */
async function waitForVolumes(page: Page, expected: number[]): Promise<void> {
  await page.waitForFunction(expected => {
    const playing = (window as unknown as AudioWindow).audioElements.filter(({ srcObject }) => srcObject !== null)
    return JSON.stringify(playing.map(({ muted, volume }) => (muted ? 0 : volume))) === JSON.stringify(expected)
  }, expected)
}

/** Waits for some frames of the page. */
async function afterFrames(page: Page, count: number): Promise<void> {
  for (let frame = 0; frame < count; frame++) {
    await page.evaluate(async () => await new Promise(resolve => requestAnimationFrame(resolve)))
  }
}

const tileOf = (page: Page, name: string) =>
  page.getByRole('region', { name: 'On stage' }).getByRole('button', { name, exact: true })
const cardOf = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true })
const isFocused = (element: Element) => element === document.activeElement

t.test('a person on stage opens a card, with the volume of their voice for this listener', async t => {
  const { page } = listener
  const tile = tileOf(page, 'Mara')
  await waitForVolumes(page, [1])
  await tile.click()
  const card = cardOf(page, 'Mara')
  await card.getByRole('button', { name: 'Follow Mara' }).click()
  await card.getByText('1 follower').waitFor()
  const volume = card.getByRole('slider', { name: 'Volume of Mara for you' })
  await checkScreen(t, page, 'card of a person', [phone, desktop])
  await page.setViewportSize(phone)
  await volume.focus()
  await page.keyboard.press('Home')
  await waitForVolumes(page, [0])
  for (let step = 0; step < 10; step++) await page.keyboard.press('ArrowRight')
  await waitForVolumes(page, [0.5])
  await card.getByText('50%').waitFor()
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'hidden' })
  t.ok(await tile.evaluate(isFocused), 'the tile has the focus again')

  await page.reload()
  await waitForVolumes(page, [0.5])
  t.pass('the volume is kept in this browser')
  await tileOf(other.page, 'Mara').click()
  t.equal(await cardOf(other.page, 'Mara').getByRole('slider').inputValue(), '1', 'it is that of this browser only')
  await other.page.keyboard.press('Escape')
})

t.test('the author of a comment opens a card, by pointer and by keyboard', async t => {
  await postComment(other, 'Hello from Olu')
  const { page } = listener
  await page.getByRole('button', { name: /^Comments/ }).click()
  const author = page.getByRole('region', { name: 'Comments' }).getByRole('button', { name: 'About Olu' })
  await author.click()
  const card = cardOf(page, 'Olu')
  await card.getByRole('button', { name: 'Follow Olu' }).waitFor()
  t.equal(await card.getByRole('slider').count(), 0, 'nobody is heard who is not on stage')
  await page.keyboard.press('Escape')
  await card.waitFor({ state: 'hidden' })
  await waitForFocus(page, /About Olu/)
  await author.focus()
  await page.keyboard.press('Enter')
  await card.getByRole('button', { name: 'More options for Olu' }).click()
  await page.getByRole('menuitem', { name: 'Report' }).click()
  await page.getByLabel('What’s wrong?').fill('Only a test')
  await page.getByRole('button', { name: 'Send report' }).click()
  await page.getByText('Thank you').waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await card.getByRole('button', { name: 'More options for Olu' }).click()
  await page.getByRole('menuitem', { name: 'Block' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Block' }).click()
  await page.getByText('You blocked Olu.').waitFor()
  await card.getByRole('button', { name: 'More options for Olu' }).click()
  await page.getByRole('menuitem', { name: 'Unblock' }).click()
  await page.getByText('You unblocked Olu.').waitFor()
  await page.keyboard.press('Escape')
  await waitForFocus(page, /About Olu|^h1/)
  await page.getByRole('button', { name: 'Close comments' }).click()
})

t.test('listeners see who else is here, and those who do not want it are seen by hosts only', async t => {
  const guest = await openVisitor()
  t.teardown(async () => await guest.close())
  await guest.page.goto(address)
  await guest.page.getByRole('button', { name: 'Listen' }).click()
  await guest.page.getByRole('button', { name: 'Leave' }).waitFor()

  const { page } = listener
  const people = page.getByRole('dialog', { name: 'People in this show' })
  await page.getByRole('button', { name: /listening, see who is here$/ }).click()
  await people.getByRole('button', { name: 'Olu Listening' }).waitFor()
  await people.getByText('and 1 guest', { exact: true }).waitFor()
  await checkScreen(t, page, 'people in a show', [phone, desktop])
  await page.setViewportSize(phone)
  await people.getByRole('button', { name: 'Olu Listening' }).click()
  await cardOf(page, 'Olu').getByRole('link', { name: 'Profile' }).waitFor()
  await page.keyboard.press('Escape')
  await waitForFocus(page, /Olu/)
  await afterFrames(page, 5)
  t.match(await describeFocus(page), /Olu/, 'the focus stays in the list')

  const settings = await other.context.newPage()
  await settings.goto(`${server.url}/settings`)
  const choice = settings.getByRole('switch', { name: 'Show me in the list of listeners' })
  t.ok(await choice.isChecked(), 'on by default')
  await settings.getByText('Show me in the list of listeners').click()
  await people.getByRole('button', { name: 'Olu Listening' }).waitFor({ state: 'hidden' })
  await people.getByRole('button', { name: 'Mara Host' }).waitFor()
  await people.getByRole('button', { name: 'Close' }).click()

  await host.page.getByRole('button', { name: /listening, see who is here$/ }).click()
  await host.page.getByRole('dialog', { name: 'People in this show' }).getByText('Olu', { exact: true }).waitFor()
})
