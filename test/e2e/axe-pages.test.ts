import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { findViolations } from './accessibility.ts'
import { signInVisitor, scheduleShow } from './show-steps.ts'
import { horizontalOverflow } from './overflow.ts'

const server = await startServer({ AUTH_GUESTS: 'on' })
t.teardown(async () => await server.close())

const phone = { width: 360, height: 740 }
let screens = 0

for (const colorScheme of ['dark', 'light'] as const) {
  t.test(`axe finds no violations on the pages around a show, and nothing overflows, ${colorScheme}`, async t => {
    const host = await signInVisitor(server.url, 'Somebody with quite a long name', { colorScheme })
    const fan = await signInVisitor(server.url, 'Fan', { colorScheme, viewport: phone })
    t.teardown(async () => await Promise.all([host.close(), fan.close()]))
    const check = async (page: Page, screen: string) => {
      screens++
      t.same(await findViolations(page), [], screen)
      for (const size of ['100%', '200%']) {
        t.equal(await horizontalOverflow(page, size), 0, `${screen}, font size ${size}`)
      }
    }
    const heading = async (page: Page, name: string) => await page.getByRole('heading', { name, exact: true }).waitFor()

    await host.page.getByRole('link', { name: 'Schedule a show' }).click()
    await heading(host.page, 'Schedule a show')
    await check(host.page, 'scheduling a show')
    await scheduleShow(host.page, 'An evening of slow records')
    await host.page.goto(`${host.page.url()}/edit`)
    await heading(host.page, 'Edit show')
    await host.page.getByRole('button', { name: 'Delete' }).click()
    await host.page.getByRole('alertdialog').waitFor()
    await check(host.page, 'confirming to delete a show')
    await host.page.goto(`${server.url}/settings`)
    await host.page.getByText('You haven’t blocked anyone').waitFor()
    await host.page.getByText('This device').waitFor()
    await host.page.getByRole('button', { name: 'Add a link' }).click()
    await check(host.page, 'settings')
    await host.page.getByRole('button', { name: 'Delete my account' }).click()
    await host.page.getByRole('dialog').waitFor()
    await check(host.page, 'confirming to delete the account')

    await fan.page.goto(server.url)
    await fan.page
      .getByRole('button', { name: /Remind me/ })
      .first()
      .click()
    await fan.page.getByText('We’ll remind you').waitFor()
    await check(fan.page, 'home, with a scheduled show and a reminder')
    await fan.page.getByRole('link', { name: 'Somebody with quite a long name', exact: true }).first().click()
    await heading(fan.page, 'Somebody with quite a long name')
    await heading(fan.page, 'Coming up')
    await check(fan.page, 'profile')
    await fan.page.getByRole('button', { name: /^More options for/ }).click()
    await check(fan.page, 'profile menu')
    await fan.page.getByRole('menuitem', { name: 'Report' }).click()
    await fan.page.getByRole('dialog').waitFor()
    await check(fan.page, 'report form')
    await fan.page.getByRole('button', { name: 'Cancel' }).click()
    await fan.page.getByRole('button', { name: /^Follow / }).click()
    await fan.page.getByRole('link', { name: '1 follower' }).click()
    await fan.page.getByRole('listitem').getByRole('link', { name: 'Fan' }).waitFor()
    await check(fan.page, 'followers')
    await fan.page.goto(`${server.url}/?q=nothing`)
    await fan.page.getByText('No shows found').waitFor()
    await check(fan.page, 'nothing found')
    await fan.page.goto(`${server.url}/sign-in`)
    await fan.page.getByRole('button', { name: 'Listen as a guest' }).waitFor()
    await check(fan.page, 'sign in, while signed in')
    await fan.page.getByRole('button', { name: 'Listen as a guest' }).click()
    await heading(fan.page, 'Live now')
    await fan.page.goto(`${server.url}/settings`)
    await fan.page.getByText('This device').waitFor()
    await check(fan.page, 'settings of a guest')
    await fan.page.goto(`${server.url}/nowhere`)
    await heading(fan.page, 'Page not found')
    await check(fan.page, 'not found')
  })
}

t.test('every screen was checked in both themes', async t => {
  t.equal(screens, 26)
})
