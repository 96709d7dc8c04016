import t from 'tap'
import { startServer } from '../server-process.ts'
import { joinShow as joinThroughApi, type ShowClient } from '../users.ts'
import type { Visitor } from './browser.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { chooseFromMenu, goLive, joinShow, openHostTools, postComment, showIdOf, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
const phone = await signInVisitor(server.url, 'Phone', { viewport: { width: 360, height: 740 } })
t.teardown(async () => {
  await Promise.all([host.close(), phone.close()])
  await server.close()
})

const address = await goLive(host, 'A show with a full stage')
await joinShow(phone, address)
const clients: ShowClient[] = []

/** Lets people join through the API and ask to speak. */
async function askToSpeak(...names: string[]): Promise<void> {
  for (const name of names) {
    const { client } = await joinThroughApi(server.url, showIdOf(address), name)
    await client.request('speak:request', {})
    clients.push(client)
  }
}

/** Returns the number of people in the first row of the stage, and the width of the first picture, px. */
async function readStage({ page }: Visitor): Promise<{ columns: number; picture: number }> {
  return await page.evaluate(() => {
    const seats = [...document.querySelectorAll('section[aria-label="On stage"] li')]
    const top = seats[0]?.getBoundingClientRect().top
    return {
      columns: seats.filter(seat => seat.getBoundingClientRect().top === top).length,
      picture: seats[0]?.querySelector('[style*="--loudness"]')?.getBoundingClientRect().width ?? 0
    }
  })
}

t.test('a full stage says so, and nobody more is accepted until there are more seats', async t => {
  const { page } = host
  await openHostTools(host, 'Rules')
  await page.getByLabel('Seats on stage').selectOption('1')
  await page.keyboard.press('Escape')
  await askToSpeak('Speaker 1', 'Speaker 2')
  await page.getByRole('button', { name: 'Accept Speaker 1' }).click()
  await page.getByText('The stage is full: 1 of 1 seats are taken.').waitFor()
  await page.waitForFunction(() => document.title === '(1) On air · A show with a full stage · Ambient')
  t.ok(await page.getByRole('button', { name: 'Accept Speaker 2' }).isDisabled())
  t.ok(await page.getByRole('button', { name: 'Decline Speaker 2' }).isEnabled())
  await openHostTools(host, 'People')
  await page.getByRole('button', { name: 'More options for Speaker 2' }).click()
  t.ok(await page.getByRole('menuitem', { name: 'Accept request' }).isDisabled(), 'nor from the menu')
  t.ok(await page.getByRole('menuitem', { name: 'Mute comments' }).isEnabled())
  await page.keyboard.press('Escape')
  await page.getByRole('menu').waitFor({ state: 'detached' })

  await page.getByRole('tab', { name: 'Rules' }).click()
  await page.getByLabel('Seats on stage').selectOption('6')
  await page.keyboard.press('Escape')
  await page.getByText('The stage is full').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Accept Speaker 2' }).click()
  await page.getByText('Speaker 2').first().waitFor()
})

t.test('pictures shrink as the stage fills, to four columns on a phone', async t => {
  const few = await readStage(host)
  t.ok(few.picture >= 100, `three people: ${few.picture} px`)
  await askToSpeak('Speaker 3', 'Speaker 4')
  await host.page.getByRole('button', { name: 'Accept Speaker 3' }).click()
  await host.page.getByRole('button', { name: 'Accept Speaker 4' }).click()
  for (const { page } of [host, phone]) await page.locator('section[aria-label="On stage"] li').nth(4).waitFor()
  const many = await readStage(host)
  t.ok(many.picture < few.picture, `five people: ${many.picture} px`)
  t.equal((await readStage(phone)).columns, 4)
  const overflow = await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  t.equal(overflow, 0, 'nothing is wider than the phone')
})

t.test('trays close on Escape and close each other', async t => {
  const { page } = phone
  const volume = page.getByRole('group', { name: 'Volume' })
  const reactions = page.getByRole('group', { name: 'Reactions' })
  const comments = page.getByRole('region', { name: 'Comments' })
  const toggle = async (name: string) => await page.getByRole('button', { name, exact: true }).click()
  await toggle('Volume')
  await volume.waitFor()
  await toggle('React')
  await reactions.waitFor()
  await volume.waitFor({ state: 'detached' })
  await toggle('Comments')
  await comments.waitFor()
  await reactions.waitFor({ state: 'detached' })
  await toggle('Volume')
  await volume.waitFor()
  await comments.waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await volume.waitFor({ state: 'detached' })
  await waitForFocus(page, /Volume/)
  t.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Volume')

  await postComment(host, 'Hello to the phones')
  for (const tray of ['Volume', 'React']) {
    await toggle(tray)
    await page.getByRole('group', { name: /Volume|Reactions/ }).waitFor()
    await page.getByRole('button', { name: 'Hello to the phones' }).click()
    await comments.waitFor()
    await page.getByRole('group', { name: /Volume|Reactions/ }).waitFor({ state: 'detached' })
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('Escape')
    await comments.waitFor({ state: 'detached' })
  }
})

t.test('on a phone the comments do not cover an invitation', async t => {
  const { page } = phone
  await page.getByRole('button', { name: 'Comments', exact: true }).click()
  await page.getByRole('region', { name: 'Comments' }).waitFor()
  await openHostTools(host, 'People')
  await chooseFromMenu(host.page, 'Phone', 'Invite to speak')
  await host.page.keyboard.press('Escape')
  // The click of a person fails when something lies above the button.
  await page.getByRole('button', { name: 'No thanks' }).click()
  await page.getByRole('button', { name: 'Request to speak' }).waitFor()
  t.ok(await page.getByRole('region', { name: 'Comments' }).isVisible())
})
