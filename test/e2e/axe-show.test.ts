import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { faultsOn } from './axe-faults.ts'
import { arrive, ask, comment, goLive, listenTo } from './moves.ts'
import { overflow } from './overflow.ts'

const server = await startServer()
t.teardown(async () => await server.close())

for (const colorScheme of ['dark', 'light'] as const) {
  t.test(`axe finds nothing in and around a show, and nothing is cut off, ${colorScheme}`, async t => {
    const host = await arrive(server.url, 'Host', { colorScheme })
    const guest = await arrive(server.url, 'Guest', { colorScheme, viewport: { width: 360, height: 740 } })
    t.teardown(async () => await Promise.all([host.close(), guest.close()]))
    // What is on its way in or out is half as bright, and nobody reads it then.
    for (const { page } of [host, guest]) await page.emulateMedia({ reducedMotion: 'reduce' })
    const clean = async (page: Page, screen: string) => {
      t.same(await faultsOn(page), [], screen)
      for (const size of ['100%', '200%']) t.equal(await overflow(page, size), 0, `${screen}, letters at ${size}`)
    }

    await host.page.getByRole('button', { name: 'Go live' }).click()
    await host.page.getByLabel('Who can find it').selectOption('private')
    await host.page.getByRole('button', { name: 'Make a link' }).click()
    const invitation = await host.page.getByLabel('The link.').inputValue()
    await host.page.getByText('0 of 1 used').waitFor()
    await clean(host.page, 'green room of a private show')
    await guest.page.goto(invitation)
    await guest.page.getByRole('heading', { name: 'You are invited' }).waitFor()
    await clean(guest.page, 'invited')
    await guest.page.getByRole('button', { name: 'Accept the invitation' }).click()
    await guest.page.getByText('has not begun yet').waitFor()
    await clean(guest.page, 'waiting')

    await host.page.goto(server.url)
    const address = await goLive(host, 'A show for everybody')
    await listenTo(guest, address)
    await guest.page.getByRole('button', { name: 'Comments', exact: true }).click()
    await guest.page.getByText('Nobody has said anything yet').waitFor()
    await clean(guest.page, 'comments, none yet')
    await comment(guest, 'Hello')
    await comment(host, `Good to have you here, ${'and-a-word-without-an-end'.repeat(6)}`)
    await guest.page.getByText('Good to have you here').first().waitFor()
    await clean(guest.page, 'comments')
    await guest.page.getByRole('button', { name: 'More for the comment of Host' }).click()
    await guest.page.getByRole('menuitem', { name: 'Report comment' }).click()
    await guest.page.getByLabel('What is wrong?').waitFor()
    await clean(guest.page, 'reporting a comment')
    await guest.page.keyboard.press('Escape')
    await guest.page.getByRole('dialog').waitFor({ state: 'detached' })
    await guest.page.getByRole('button', { name: 'Close the comments' }).click()
    await guest.page.getByRole('button', { name: 'React', exact: true }).click()
    await guest.page.getByRole('button', { name: 'More reactions' }).click()
    await guest.page.getByRole('button', { name: 'Love' }).click()
    await clean(guest.page, 'reacting')

    await ask(guest)
    await host.page.getByRole('button', { name: 'Accept Guest' }).waitFor()
    await host.page.getByRole('button', { name: 'More for the comment of Guest' }).click()
    await host.page.getByRole('menuitem', { name: 'Ban from show' }).waitFor()
    await clean(host.page, 'the menu of a comment')
    await host.page.getByRole('menuitem', { name: 'Ban from show' }).click()
    await host.page.getByRole('alertdialog').waitFor()
    await clean(host.page, 'asked whether to ban')
    await host.page.keyboard.press('Escape')
    await host.page.getByRole('alertdialog').waitFor({ state: 'detached' })

    await host.page.getByRole('button', { name: 'Tools' }).click()
    const tools = host.page.getByRole('dialog')
    await tools.getByText('asks to speak').waitFor()
    await clean(host.page, 'tools: people')
    await tools.getByRole('tab', { name: 'Rules' }).click()
    await tools.getByLabel('Comments', { exact: true }).selectOption('closed')
    await tools.getByLabel('Everybody sees it').fill('We begin again in a minute')
    await tools.getByRole('button', { name: 'Announce' }).click()
    await tools.getByText('Everybody has been told').waitFor()
    await clean(host.page, 'tools: rules')
    await tools.getByRole('tab', { name: 'Banned' }).click()
    await tools.getByText('Nobody is banned').waitFor()
    await clean(host.page, 'tools: banned')
    await tools.getByRole('tab', { name: 'Log' }).click()
    await tools.getByText('Nothing has been decided yet').waitFor()
    await clean(host.page, 'tools: log')
    await host.page.keyboard.press('Escape')

    await guest.page.getByText('We begin again in a minute').waitFor()
    await guest.page.getByRole('button', { name: 'Comments', exact: true }).click()
    await guest.page.getByText('The host has closed the comments').waitFor()
    await clean(guest.page, 'comments, closed')
    await host.page.getByRole('button', { name: 'End show' }).click()
    await host.page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
    await guest.page.getByText('Thanks for being here').waitFor()
    await guest.page.getByText('Good to have you here').waitFor()
    await clean(guest.page, 'ended, with what was said')
  })
}
