import t from 'tap'
import type { Page } from 'playwright-core'
import { startServer } from '../server-process.ts'
import { openVisitor } from './browser.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { signInVisitor } from './show-steps.ts'

const dark = 'rgb(23, 19, 16)'
const light = 'rgb(251, 247, 242)'

const server = await startServer()
t.teardown(async () => await server.close())

const groundOf = async (page: Page) => await page.evaluate(() => getComputedStyle(document.body).backgroundColor)

t.test('the theme that somebody chooses is shown at once, in every tab, and from the first frame on', async t => {
  const visitor = await signInVisitor(server.url, 'Reader', { colorScheme: 'dark' })
  t.teardown(async () => await visitor.close())
  const { page, context } = visitor
  t.equal(await groundOf(page), dark)
  const tab = await context.newPage()
  const follows = tab.waitForResponse(/\/assets\/theme-/)
  await tab.goto(server.url)
  await follows
  await page.getByRole('link', { name: 'Settings' }).click()
  const field = page.getByRole('region', { name: 'Appearance' }).getByLabel('Theme')
  await field.selectOption('Light')
  await page.waitForFunction(ground => getComputedStyle(document.body).backgroundColor === ground, light)
  await checkScreen(t, page, 'settings with a theme', [phone, desktop])
  await tab.waitForFunction(ground => getComputedStyle(document.body).backgroundColor === ground, light)
  t.same(
    await tab.evaluate(() =>
      [...document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')].map(meta => meta.content)
    ),
    ['#fbf7f2', '#fbf7f2']
  )

  // The scripts of the page never arrive: what is shown is the HTML alone.
  await tab.route('**/assets/*.js', async route => await route.abort())
  await tab.emulateMedia({ colorScheme: 'dark' })
  await tab.goto(server.url, { waitUntil: 'load' })
  t.equal(await groundOf(tab), light, 'nothing flashes dark while the page is loaded')
  await tab.goto(`${server.url}/offline.html`)
  t.equal(await groundOf(tab), light, 'also without a connection')

  await field.selectOption('Dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.reload()
  t.equal(await groundOf(page), dark)
  t.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark', 'and its controls')
  await field.selectOption('Like this device')
  await page.waitForFunction(ground => getComputedStyle(document.body).backgroundColor === ground, light)
  t.equal(await page.evaluate(() => localStorage.getItem('ambient:theme')), null)
})

t.test('without a choice the theme is that of the system', async t => {
  for (const [colorScheme, ground] of [
    ['dark', dark],
    ['light', light]
  ] as const) {
    const visitor = await openVisitor({ colorScheme })
    await visitor.page.goto(server.url)
    t.equal(await groundOf(visitor.page), ground)
    await visitor.close()
  }
})
