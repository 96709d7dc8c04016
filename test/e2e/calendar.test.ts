import t from 'tap'
import { startServer } from '../server-process.ts'
import { signIn } from '../users.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { signInVisitor } from './show-steps.ts'

const server = await startServer()
const fan = await signInVisitor(server.url, 'Fan')
t.teardown(async () => {
  await fan.close()
  await server.close()
})

t.test('a listener makes a calendar of followed people, and stops it', async t => {
  const { page } = fan
  await page.goto(`${server.url}/settings`)
  const section = page.getByRole('region', { name: 'Shows in your calendar' })
  const make = section.getByRole('button', { name: 'Make a calendar address' })
  await make.click()
  const field = section.getByRole('textbox', { name: /Calendar address/ })
  const address = await field.inputValue()
  const calendar = await fetch(address)
  t.equal(calendar.status, 200)
  t.match(await calendar.text(), /BEGIN:VCALENDAR[^]*Shows you follow/)
  await page.reload()
  await section.getByText('You have a calendar address.').waitFor()
  t.equal(await field.count(), 0, 'the address is shown once')
  await section.getByRole('button', { name: 'Stop the calendar' }).click()
  await make.waitFor()
  t.equal((await fetch(address)).status, 404)
  await waitForFocus(page, /Make a calendar address/)
  t.equal(await page.evaluate(() => document.activeElement?.textContent), 'Make a calendar address')
})

t.test('a profile with planned shows links their calendar', async t => {
  const planner = await signIn(server.url, 'Planner')
  await planner.rest('POST', '/v1/shows', {
    title: 'Tomorrow',
    startsAt: new Date(Date.now() + 86_400_000).toISOString()
  })
  const { page } = fan
  await page.goto(`${server.url}/users/${planner.id}`)
  const href = await page.getByRole('link', { name: 'Add to calendar (.ics)' }).getAttribute('href')
  t.match(await (await fetch(new URL(href ?? '', server.url))).text(), /SUMMARY:Tomorrow/)
})
