import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { waitUntilHears, waitUntilHearsMore } from './listening.ts'
import { endShow, signInVisitor, startSpeaking } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Mara', { frequencyHz: 440 })
const guest = await signInVisitor(server.url, 'Ann', { frequencyHz: 880 })
const stranger = await signInVisitor(server.url, 'Stranger')
t.teardown(async () => {
  await Promise.all([host, guest, stranger].map(async visitor => await visitor.close()))
  await server.close()
})

/** Returns the address of a visitor's own profile. */
async function profileOf({ page }: typeof host): Promise<string> {
  const userId = await page.evaluate(() =>
    Object.values(localStorage).flatMap(text => /"user":\{"id":"([\w-]+)"/.exec(text)?.[1] ?? [])
  )
  return `${server.url}/users/${userId[0]}`
}

t.test('the host and a guest meet backstage, nobody else hears them, and Go live opens the doors', async t => {
  await guest.page.setViewportSize(phone)
  const profile = await profileOf(guest)
  await host.page.getByRole('button', { name: 'Go live' }).click()
  await host.page.getByLabel('Show title').fill('Letters to the sea')
  const address = host.page.url()
  await guest.page.goto(address)
  await stranger.page.goto(address)
  await stranger.page.getByText('hasn’t started yet').waitFor()

  await host.page.getByRole('button', { name: 'Backstage guests' }).click()
  const dialog = host.page.getByRole('dialog')
  await dialog.getByLabel('Link to a profile').fill(profile)
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click()
  await dialog.getByLabel('Role of Ann').waitFor()
  await checkScreen(t, host.page, 'backstage guests', [phone, desktop])
  await host.page.setViewportSize(desktop)
  await dialog.getByRole('button', { name: 'Done' }).click()

  await host.page.getByRole('button', { name: 'Meet backstage' }).click()
  await host.page.getByText('Backstage: nobody else hears you.').waitFor()
  await guest.page.getByText('You’re invited backstage').waitFor()
  await checkScreen(t, guest.page, 'planned show of an invited person')
  await guest.page.getByRole('button', { name: 'Join backstage' }).click()
  await startSpeaking(guest)
  await waitUntilHears(host, ({ streams }) => streams === 1)
  await waitUntilHearsMore(host)
  await waitUntilHearsMore(guest)
  await checkScreen(t, host.page, 'backstage of the creator', [phone, desktop])
  await checkScreen(t, guest.page, 'backstage of a guest')
  t.equal(await stranger.page.getByText('Backstage').count(), 0)
  t.equal(await stranger.page.getByRole('button', { name: 'Join backstage' }).count(), 0)
  t.equal((await stranger.receivedAudio()).packets, 0)
  await stranger.page.goto(`${server.url}/`)
  await stranger.page.getByRole('heading', { name: 'Live now' }).waitFor()
  t.equal(await stranger.page.getByText('Letters to the sea').count(), 0, 'no list has the show')
  await stranger.page.goto(address)

  await host.page.getByRole('button', { name: 'Go live' }).click()
  for (const { page } of [host, guest, stranger]) await page.getByText('On air', { exact: true }).waitFor()
  await waitUntilHears(stranger, ({ streams }) => streams === 2)
  await waitUntilHearsMore(stranger)
  await waitUntilHearsMore(guest)
  await guest.page.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  await endShow(host)
  await guest.page.getByText('Thanks for being here').waitFor()
})
