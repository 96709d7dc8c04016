import type { Page } from 'playwright-core'
import { openVisitor, type Visitor, type VisitorOptions } from './browser.ts'

/** Opens a browser and signs a person in by the page. */
export async function arrive(url: string, name: string, options: VisitorOptions = {}): Promise<Visitor> {
  const visitor = await openVisitor(options)
  const { page } = visitor
  page.setDefaultTimeout(20_000)
  await page.goto(`${url}/sign-in`)
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  return visitor
}

/** Goes through the green room; answers the show's address. */
export async function goLive({ page }: Visitor, title: string): Promise<string> {
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByLabel('Title of the show').fill(title)
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByText('On air').waitFor()
  await page.getByRole('button', { name: 'Mute' }).waitFor()
  return page.url()
}

/** Plans a show for a far day. */
export async function planShow(page: Page, title: string): Promise<void> {
  await page.goto(new URL('/plan', page.url()).href)
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('When it begins').fill('2040-03-01T20:00')
  await page.getByRole('button', { name: 'Plan it' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
}

/** Joins a live show by its address. */
export async function listenTo({ page }: Visitor, address: string): Promise<void> {
  await page.goto(address)
  await page.getByRole('button', { name: 'Leave' }).waitFor()
}

/** Asks to speak, with a word why where there is one. */
export async function ask({ page }: Visitor, reason = ''): Promise<void> {
  await page.getByRole('button', { name: 'Ask to speak' }).click()
  await page.getByLabel('What is it about?').fill(reason)
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await page.getByText('You asked ·').waitFor()
}

/** Turns the microphone on after being accepted. */
export async function speak({ page }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'Turn on your microphone' }).click()
  await page.getByRole('button', { name: 'Speak', exact: true }).click()
  await page.getByRole('button', { name: 'Mute' }).waitFor()
}

/** Chooses from the menu of somebody on stage. */
export async function choose(host: Page, name: string, item: string): Promise<void> {
  await host.getByRole('button', { name: `More for ${name}` }).click()
  await host.getByRole('menuitem', { name: item, exact: true }).click()
}

/** Says something in a show, where its comments are open. */
export async function comment({ page }: Visitor, text: string): Promise<void> {
  await page.getByLabel('Your comment').fill(text)
  await page.keyboard.press('Enter')
}
