import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, phone } from './accessibility.ts'
import { signInVisitor, requestToSpeak, goLive, joinShow, startSpeaking } from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

t.test('axe finds no violations on the main screens', async t => {
  const host = await signInVisitor(server.url, 'Host')
  const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
  t.teardown(async () => await Promise.all([host.close(), guest.close()]))
  const check = async (page: Page, screen: string) => await checkScreen(t, page, screen)

  await check(host.page, 'home, empty')
  await host.page.goto(`${server.url}/sign-in`)
  await host.page.getByLabel('Your name').waitFor()
  await check(host.page, 'sign in')
  await host.page.goto(server.url)
  await host.page.getByRole('button', { name: 'Go live' }).click()
  await host.page.getByLabel('Show title').waitFor()
  await check(host.page, 'green room')
  await host.page.goto(server.url)
  const address = await goLive(host, 'A show for everybody')
  await guest.page.getByRole('link', { name: /A show for everybody/ }).waitFor()
  await check(guest.page, 'home, with a show')
  await joinShow(guest, address)
  await check(guest.page, 'listening')
  await guest.page.getByRole('button', { name: 'Request to speak' }).click()
  await guest.page.getByLabel('What’s it about?').waitFor()
  await check(guest.page, 'request form')
  await guest.page.getByRole('button', { name: 'Cancel' }).click()
  await requestToSpeak(guest)
  await host.page.getByRole('button', { name: 'Accept Guest' }).waitFor()
  await check(host.page, 'hosting, with a request')
  await check(guest.page, 'request sent')
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await startSpeaking(guest)
  await check(guest.page, 'on stage')
  await host.page.getByRole('button', { name: 'End show' }).click()
  await host.page.getByRole('alertdialog').waitFor()
  await check(host.page, 'confirming to end the show')
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
  await guest.page.getByText('Thanks for being here').waitFor()
  await check(guest.page, 'ended')
})
