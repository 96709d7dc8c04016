import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { faultsOn } from './axe-faults.ts'
import { arrive, planShow } from './moves.ts'
import { overflow } from './overflow.ts'

const server = await startServer({ AUTH_GUESTS: 'on' })
t.teardown(async () => await server.close())

const phone = { width: 360, height: 740 }
let screens = 0

for (const colorScheme of ['dark', 'light'] as const) {
  t.test(`axe finds nothing on the pages around a show, and nothing is cut off, ${colorScheme}`, async t => {
    const host = await arrive(server.url, 'Somebody with quite a long name', { colorScheme })
    const fan = await arrive(server.url, 'Fan', { colorScheme, viewport: phone })
    t.teardown(async () => await Promise.all([host.close(), fan.close()]))
    const clean = async (page: Page, screen: string) => {
      screens++
      t.same(await faultsOn(page), [], screen)
      for (const size of ['100%', '200%']) t.equal(await overflow(page, size), 0, `${screen}, letters at ${size}`)
    }
    const heading = async (page: Page, name: string) => await page.getByRole('heading', { name, exact: true }).waitFor()

    await host.page.getByRole('link', { name: 'Plan a show' }).click()
    await heading(host.page, 'Plan a show')
    await clean(host.page, 'planning a show')
    await planShow(host.page, 'An evening of slow records')
    await host.page.goto(`${host.page.url()}/edit`)
    await heading(host.page, 'Change your show')
    await host.page.getByRole('button', { name: 'Delete' }).click()
    await host.page.getByRole('alertdialog').waitFor()
    await clean(host.page, 'asked whether to delete a show')
    await host.page.goto(`${server.url}/settings`)
    await host.page.getByText('You have blocked nobody').waitFor()
    await host.page.getByText('This one').waitFor()
    await host.page.getByRole('button', { name: 'Add a link' }).click()
    await clean(host.page, 'settings')
    await host.page.getByRole('button', { name: 'Delete my account' }).click()
    await host.page.getByRole('dialog').waitFor()
    await clean(host.page, 'asked whether to delete the account')

    await fan.page.goto(server.url)
    await fan.page
      .getByRole('button', { name: /Remind me/ })
      .first()
      .click()
    await fan.page.getByText('You are reminded').waitFor()
    await clean(fan.page, 'home, with a plan and a reminder')
    await fan.page.getByRole('link', { name: 'Somebody with quite a long name', exact: true }).first().click()
    await heading(fan.page, 'Somebody with quite a long name')
    await heading(fan.page, 'Coming up')
    await clean(fan.page, 'somebody')
    await fan.page.getByRole('button', { name: /More about/ }).click()
    await clean(fan.page, 'the menu of somebody')
    await fan.page.getByRole('menuitem', { name: 'Report' }).click()
    await fan.page.getByRole('dialog').waitFor()
    await clean(fan.page, 'reporting')
    await fan.page.getByRole('button', { name: 'Cancel' }).click()
    await fan.page.getByRole('button', { name: /^Follow / }).click()
    await fan.page.getByRole('link', { name: '1 follower' }).click()
    await fan.page.getByRole('listitem').getByRole('link', { name: 'Fan' }).waitFor()
    await clean(fan.page, 'followers')
    await fan.page.goto(`${server.url}/?q=nothing`)
    await fan.page.getByText('No show has these words').waitFor()
    await clean(fan.page, 'nothing found')
    await fan.page.goto(`${server.url}/sign-in`)
    await fan.page.getByRole('button', { name: 'Listen as a guest' }).waitFor()
    await clean(fan.page, 'sign in, being somebody already')
    await fan.page.getByRole('button', { name: 'Listen as a guest' }).click()
    await heading(fan.page, 'Live now')
    await fan.page.goto(`${server.url}/settings`)
    await fan.page.getByText('This one').waitFor()
    await clean(fan.page, 'settings of a guest')
    await fan.page.goto(`${server.url}/nowhere`)
    await heading(fan.page, 'There is nothing here')
    await clean(fan.page, 'not found')
  })
}

t.test('every screen was looked at in both themes', async t => {
  t.equal(screens, 26)
})
