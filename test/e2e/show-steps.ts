import type { Page } from 'playwright-core'
import { openVisitor, type Visitor, type VisitorOptions } from './browser.ts'

/** Opens a browser and signs a person in on the sign-in page. */
export async function signInVisitor(url: string, name: string, options: VisitorOptions = {}): Promise<Visitor> {
  const visitor = await openVisitor(options)
  const { page } = visitor
  page.setDefaultTimeout(20_000)
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  return visitor
}

/** Goes live through the green room, and returns the address of the show. */
export async function goLive({ page }: Visitor, title: string): Promise<string> {
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByLabel('Show title').fill(title)
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByText('On air').waitFor()
  await page.getByRole('button', { name: 'Mute' }).waitFor()
  return page.url()
}

/** Returns the id of the show at an address. */
export function showIdOf(address: string): string {
  return new URL(address).pathname.split('/').at(-1) ?? ''
}

/** Ends the show that a visitor hosts. */
export async function endShow({ page }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'End show' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
}

/** Schedules a show in the far future. */
export async function scheduleShow(page: Page, title: string): Promise<void> {
  await page.goto(new URL('/plan', page.url()).href)
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Start time').fill('2040-03-01T20:00')
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
}

/** Joins a live show by its address. */
export async function joinShow({ page }: Visitor, address: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('button', { name: 'Leave' }).waitFor()
}

/** Sends a request to speak. */
export async function requestToSpeak({ page }: Visitor, reason = ''): Promise<void> {
  await page.getByRole('button', { name: 'Request to speak' }).click()
  await page.getByLabel('What’s it about?').fill(reason)
  await page.getByRole('button', { name: 'Send request' }).click()
  await page.getByText('Request sent ·').waitFor()
}

/** Turns on the microphone after a request was accepted. */
export async function startSpeaking({ page }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'Turn on your microphone' }).click()
  await page.getByRole('button', { name: 'Start speaking' }).click()
  await page.getByRole('button', { name: 'Mute' }).waitFor()
}

/** Brings a listener of this name on stage, who asks for it. */
export async function bringOnStage(host: Visitor, listener: Visitor, name: string): Promise<void> {
  await requestToSpeak(listener)
  await host.page.getByRole('button', { name: `Accept ${name}` }).click()
  await startSpeaking(listener)
}

/** Chooses an entry from the menu of a person on stage, or of a playlist item. */
export async function chooseFromMenu(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `More options for ${name}` }).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Opens a panel of the host tools. */
export async function openHostTools({ page }: Visitor, tab: string): Promise<void> {
  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('tab', { name: tab }).click()
}

export async function closeHostTools({ page }: Visitor): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click()
}

/** Posts a comment where the comments are open. */
export async function postComment({ page }: Visitor, text: string): Promise<void> {
  await page.getByLabel('Your comment').fill(text)
  await page.keyboard.press('Enter')
}
