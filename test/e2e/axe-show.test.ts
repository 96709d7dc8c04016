import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { findViolations } from './accessibility.ts'
import { signInVisitor, requestToSpeak, postComment, goLive, joinShow } from './show-steps.ts'
import { horizontalOverflow } from './overflow.ts'

const server = await startServer()
t.teardown(async () => await server.close())

for (const colorScheme of ['dark', 'light'] as const) {
  t.test(`axe finds no violations before, in and after a show, and nothing overflows, ${colorScheme}`, async t => {
    const host = await signInVisitor(server.url, 'Host', { colorScheme })
    const guest = await signInVisitor(server.url, 'Guest', { colorScheme, viewport: { width: 360, height: 740 } })
    t.teardown(async () => await Promise.all([host.close(), guest.close()]))
    // During an animation elements are half transparent, which axe would report as low contrast.
    for (const { page } of [host, guest]) await page.emulateMedia({ reducedMotion: 'reduce' })
    const check = async (page: Page, screen: string) => {
      t.same(await findViolations(page), [], screen)
      for (const size of ['100%', '200%']) {
        t.equal(await horizontalOverflow(page, size), 0, `${screen}, font size ${size}`)
      }
    }

    await host.page.getByRole('button', { name: 'Go live' }).click()
    await host.page.getByLabel('Who can find it').selectOption('private')
    await host.page.getByRole('button', { name: 'Create link' }).click()
    const invitation = await host.page.getByLabel('Invitation link.').inputValue()
    await host.page.getByText('0 of 1 used').waitFor()
    await check(host.page, 'green room of a private show')
    await guest.page.goto(invitation)
    await guest.page.getByRole('heading', { name: 'You’re invited' }).waitFor()
    await check(guest.page, 'invited')
    await guest.page.getByRole('button', { name: 'Accept invitation' }).click()
    await guest.page.getByText('hasn’t started yet').waitFor()
    await check(guest.page, 'waiting')

    await host.page.goto(server.url)
    const address = await goLive(host, 'A show for everybody')
    await joinShow(guest, address)
    await guest.page.getByRole('button', { name: 'Comments', exact: true }).click()
    await guest.page.getByText('No comments yet').waitFor()
    await check(guest.page, 'comments, none yet')
    await postComment(guest, 'Hello')
    await postComment(host, `Good to have you here, ${'and-a-word-without-an-end'.repeat(6)}`)
    await guest.page.getByText('Good to have you here').first().waitFor()
    await check(guest.page, 'comments')
    await guest.page.getByRole('button', { name: 'More options for Host’s comment' }).click()
    await guest.page.getByRole('menuitem', { name: 'Report comment' }).click()
    await guest.page.getByLabel('What’s wrong?').waitFor()
    await check(guest.page, 'reporting a comment')
    await guest.page.keyboard.press('Escape')
    await guest.page.getByRole('dialog').waitFor({ state: 'detached' })
    await guest.page.getByRole('button', { name: 'Close comments' }).click()
    await guest.page.getByRole('button', { name: 'React', exact: true }).click()
    await guest.page.getByRole('button', { name: 'More reactions' }).click()
    await guest.page.getByRole('button', { name: 'Love' }).click()
    await check(guest.page, 'reacting')

    await requestToSpeak(guest)
    await host.page.getByRole('button', { name: 'Accept Guest' }).waitFor()
    await host.page.getByRole('button', { name: 'More options for Guest’s comment' }).click()
    await host.page.getByRole('menuitem', { name: 'Ban from show' }).waitFor()
    await check(host.page, 'the menu of a comment')
    await host.page.getByRole('menuitem', { name: 'Ban from show' }).click()
    await host.page.getByRole('alertdialog').waitFor()
    await check(host.page, 'confirming to ban')
    await host.page.keyboard.press('Escape')
    await host.page.getByRole('alertdialog').waitFor({ state: 'detached' })

    await host.page.getByRole('button', { name: 'Tools' }).click()
    const tools = host.page.getByRole('dialog')
    await tools.getByText('requested to speak').waitFor()
    await check(host.page, 'tools: people')
    await tools.getByRole('tab', { name: 'Rules' }).click()
    await tools.getByLabel('Comments', { exact: true }).selectOption('closed')
    await tools.getByLabel('Everyone sees this').fill('We begin again in a minute')
    await tools.getByRole('button', { name: 'Announce' }).click()
    await tools.getByText('Announcement sent').waitFor()
    await check(host.page, 'tools: rules')
    await tools.getByRole('tab', { name: 'Banned' }).click()
    await tools.getByText('No one is banned').waitFor()
    await check(host.page, 'tools: banned')
    await tools.getByRole('tab', { name: 'Log' }).click()
    await tools.getByText('Nothing yet. Answered requests').waitFor()
    await check(host.page, 'tools: log')
    await host.page.keyboard.press('Escape')

    await guest.page.getByText('We begin again in a minute').waitFor()
    await guest.page.getByRole('button', { name: 'Comments', exact: true }).click()
    await guest.page.getByText('The host has closed the comments').waitFor()
    await check(guest.page, 'comments, closed')
    await host.page.getByRole('button', { name: 'End show' }).click()
    await host.page.getByRole('alertdialog').getByRole('button', { name: 'End show' }).click()
    await guest.page.getByText('Thanks for being here').waitFor()
    await guest.page.getByText('Good to have you here').waitFor()
    await check(guest.page, 'ended, with comments')
  })
}
