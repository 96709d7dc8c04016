import t from 'tap'
import { startServer } from '../server-process.ts'
import { signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
const fan = await signInVisitor(server.url, 'Fan')
t.teardown(async () => {
  await Promise.all([host.close(), fan.close()])
  await server.close()
})

t.test('a show is scheduled, and others find it', async t => {
  const { page } = host
  await page.getByRole('link', { name: 'Schedule a show' }).click()
  await page.getByLabel('Title').waitFor()
  await page.waitForFunction(() => document.activeElement?.outerHTML === '<h1 tabindex="-1">Schedule a show</h1>')
  t.pass('the heading has the focus')
  t.equal(await page.title(), 'Schedule a show · Ambient')
  await page.getByLabel('Title').fill('Evening of slow records')
  await page.getByLabel('Description').fill('Vinyl; tea, and talk.')
  await page.getByLabel('Start time').fill('2040-03-01T20:00')
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)

  await fan.page.goto(server.url)
  await fan.page.getByRole('link', { name: 'Evening of slow records', exact: true }).waitFor()
  await fan.page.getByLabel('Search shows').fill('slow')
  await fan.page.getByRole('heading', { name: 'Results for “slow”' }).waitFor()
  await fan.page.getByRole('link', { name: 'Evening of slow records', exact: true }).waitFor()
  t.match(fan.page.url(), '?q=slow', 'a search has its own address')
  await fan.page.getByLabel('Search shows').fill('nothing has this')
  await fan.page.getByText('No shows found').waitFor()
  await fan.page.getByLabel('Search shows').fill('')
  await fan.page.getByRole('heading', { name: 'Live now' }).waitFor()
})

t.test('a reminder is set, and only then the browser asks for permission', async t => {
  const { page } = fan
  await page.addInitScript(() => {
    const asked: string[] = []
    class Recorded {
      static permission = 'default'
      static async requestPermission() {
        asked.push('asked')
        Recorded.permission = 'granted'
        return 'granted'
      }
      constructor(title: string) {
        asked.push(title)
      }
    }
    Object.assign(window, { Notification: Recorded, asked })
  })
  const asked = async () => await page.evaluate(() => (window as typeof window & { asked: string[] }).asked)
  await page.goto(server.url)
  const remind = page.getByRole('button', { name: 'Remind me about Evening of slow records' })
  await remind.waitFor()
  t.same(await asked(), [])
  await remind.click()
  await page.getByText('We’ll remind you in this browser while Ambient is open').waitFor()
  t.same(await asked(), ['asked'])
  const calendar = decodeURIComponent(
    (await page.getByRole('link', { name: 'Add Evening of slow records to your calendar' }).getAttribute('href')) ?? ''
  )
  t.match(calendar, 'SUMMARY:Evening of slow records\r\n')
  t.match(calendar, 'Vinyl\\; tea\\, and talk.')

  // The reminder becomes due.
  await page.evaluate(() =>
    localStorage.setItem('ambient:reminders', (localStorage.getItem('ambient:reminders') ?? '').replace('2040', '2020'))
  )
  await page.reload()
  await page.getByRole('button', { name: 'Reminder set for Evening of slow records, remove' }).waitFor()
  await page.waitForFunction(() => localStorage.getItem('ambient:reminders')?.includes('2040'))
  t.pass('a reminder that is too early gets the start time of the show')
})

t.test('a scheduled show is edited, and others see the change', async t => {
  const { page } = host
  await page.goto(server.url)
  await page.getByRole('link', { name: 'Edit Evening of slow records' }).click()
  t.equal(await page.getByLabel('Start time').inputValue(), '2040-03-01T20:00')
  await page.getByLabel('Title').fill('Night of slow records')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  await fan.page.reload()
  await fan.page.getByRole('link', { name: 'Night of slow records', exact: true }).waitFor()
})

t.test('going live continues with a show that was created before', async t => {
  const { page } = host
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  const first = page.url()
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  t.equal(page.url(), first)
})

t.test('a scheduled show is deleted after confirmation', async t => {
  const { page } = host
  await page.goto(server.url)
  await page.getByRole('link', { name: 'Edit Night of slow records' }).click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  await page.getByText('Nothing is scheduled yet').waitFor()
  t.equal(await page.getByText('Night of slow records').count(), 0)
})

t.test('people who wait in a tab that is hidden are in the show when it starts', async t => {
  const { page } = host
  await page.goto(server.url)
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  await fan.page.goto(page.url())
  await fan.page.getByRole('heading', { level: 1 }).waitFor()
  await fan.page.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }))
  await page.getByLabel('Show title').fill('A show that people wait for')
  await page.getByRole('button', { name: 'Go live' }).click()
  await fan.page.getByRole('region', { name: 'On stage' }).waitFor()
  t.pass('it is shown')
})
