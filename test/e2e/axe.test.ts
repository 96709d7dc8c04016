import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { faultsOn } from './axe-faults.ts'
import { arrive, ask, goLive, listenTo, speak } from './moves.ts'

const server = await startServer()
t.teardown(async () => await server.close())

for (const colorScheme of ['dark', 'light'] as const) {
  t.test(`axe finds nothing on any screen, ${colorScheme}`, async t => {
    const host = await arrive(server.url, 'Host', { colorScheme })
    const guest = await arrive(server.url, 'Guest', { colorScheme, viewport: { width: 360, height: 740 } })
    t.teardown(async () => await Promise.all([host.close(), guest.close()]))
    const clean = async (page: Page, screen: string) => t.same(await faultsOn(page), [], screen)

    await clean(host.page, 'home, empty')
    await host.page.goto(`${server.url}/sign-in`)
    await host.page.getByLabel('Your name').waitFor()
    await clean(host.page, 'sign in')
    await host.page.goto(server.url)
    await host.page.getByRole('button', { name: 'Go live' }).click()
    await host.page.getByLabel('Title of the show').waitFor()
    await clean(host.page, 'green room')
    await host.page.goto(server.url)
    const address = await goLive(host, 'A show for everybody')
    await guest.page.getByRole('link', { name: /A show for everybody/ }).waitFor()
    await clean(guest.page, 'home, with a show')
    await listenTo(guest, address)
    await clean(guest.page, 'listening')
    await guest.page.getByRole('button', { name: 'Ask to speak' }).click()
    await guest.page.getByLabel('What is it about?').waitFor()
    await clean(guest.page, 'asking')
    await guest.page.getByRole('button', { name: 'Not now' }).click()
    await ask(guest)
    await host.page.getByRole('button', { name: 'Accept Guest' }).waitFor()
    await clean(host.page, 'hosting, with somebody asking')
    await clean(guest.page, 'asked')
    await host.page.getByRole('button', { name: 'Accept Guest' }).click()
    await speak(guest)
    await clean(guest.page, 'on stage')
    await host.page.getByRole('button', { name: 'End show' }).click()
    await host.page.getByRole('alertdialog').waitFor()
    await clean(host.page, 'asked whether to end')
    await host.page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
    await guest.page.getByText('Thanks for being here').waitFor()
    await clean(guest.page, 'ended')
  })
}
