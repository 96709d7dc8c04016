import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { endShow, goLive, joinShow, showIdOf, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
const fan = await signInVisitor(server.url, 'Fan')
t.teardown(async () => {
  await Promise.all([host.close(), fan.close()])
  await server.close()
})

/** Formats a time for the input of the start, in the time zone of this machine, which is that of the browser. */
function inputTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

function tomorrowAt(hours: number): Date {
  const date = new Date()
  date.setDate(date.getDate() + 1)
  date.setHours(hours, 0, 0, 0)
  return date
}

/** Plans a show with the form, and returns its address. */
async function plan(title: string, startsAt: Date, repeats?: RegExp): Promise<string> {
  const { page } = host
  await page.goto(`${server.url}/plan`)
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Start time').fill(inputTime(startsAt))
  if (repeats) {
    const options = await page.getByLabel('Repeats').getByRole('option').allInnerTexts()
    await page.getByLabel('Repeats').selectOption(options.find(option => repeats.test(option)) ?? 'none')
  }
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  return page.url()
}

t.test('the page of a planned show says when, and becomes the live show', async t => {
  const { page } = host
  const address = await plan('Letters to the sea', tomorrowAt(20))
  await page.getByText('Planned for tomorrow, 8:00 PM').waitFor()
  await page.getByRole('button', { name: 'Cancel show' }).waitFor()
  await checkScreen(t, page, 'own planned show', [phone, desktop])
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByRole('heading', { name: 'Edit show' }).waitFor()
  await page.goto(address)

  await fan.page.goto(address)
  await fan.page.getByText('Planned for tomorrow, 8:00 PM').waitFor()
  for (const name of ['Share', 'Remind me about Letters to the sea']) {
    await fan.page.getByRole('button', { name }).waitFor()
  }
  await fan.page.getByRole('link', { name: 'Add Letters to the sea to your calendar' }).waitFor()
  t.equal(await fan.page.getByRole('button', { name: 'Cancel show' }).count(), 0)
  t.equal(await fan.page.getByRole('button', { name: 'Get ready now' }).count(), 0)
  await checkScreen(t, fan.page, 'planned show', [phone, desktop])

  await page.getByRole('button', { name: 'Get ready now' }).click()
  await page.getByRole('heading', { name: 'Get ready' }).waitFor()
  await page.getByRole('button', { name: 'Go live' }).click()
  await page.getByText('On air').waitFor()
  await fan.page.getByRole('button', { name: 'Leave' }).waitFor()
  t.equal(fan.page.url(), address, 'the page became the live show by itself')
  await endShow(host)
  await page.getByText('On air').waitFor({ state: 'hidden' })
})

t.test('the green room opens half an hour before the start, and there is a countdown', async t => {
  const address = await plan('Soon', new Date(Date.now() + 20 * 60_000))
  await host.page.getByRole('heading', { name: 'Get ready' }).waitFor()
  await fan.page.goto(address)
  await fan.page.getByRole('timer').waitFor()
  t.match(await fan.page.getByRole('timer').textContent(), /^00:1\d:\d\d$/)
})

t.test('a show repeats every week; one show of it is changed, and all of them', async t => {
  const { page } = host
  const startsAt = tomorrowAt(20)
  const weekday = new Intl.DateTimeFormat('en', { weekday: 'long' }).format(startsAt)
  const address = await plan('Weekly songs', startsAt, /^Every \w+day$/)
  await page.getByText(`Planned for tomorrow, 8:00 PM · every ${weekday}`).waitFor()
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Title').fill('Songs with a guest')
  await checkScreen(t, page, 'editing a show that repeats', [phone, desktop])
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Songs with a guest' }).waitFor()

  await page.getByRole('button', { name: 'Cancel show' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel show' }).click()
  await page.waitForURL(`${server.url}/`)
  await page.getByRole('link', { name: 'Edit Weekly songs' }).click()
  t.not(page.url(), `${address}/edit`, 'the show of the next week is planned instead')
  await page.getByText('Change all later shows, too').click()
  await page.getByLabel('Title').fill('Weekly talk')
  const moved = tomorrowAt(21)
  moved.setDate(moved.getDate() + 1)
  await page.getByLabel('Start time').fill(inputTime(moved))
  const fortnightly = await page
    .getByLabel('Repeats')
    .getByRole('option', { name: /^Every 2 weeks/ })
    .innerText()
  await page.getByLabel('Repeats').selectOption(fortnightly)
  await checkScreen(t, page, 'moving a show that repeats', [phone, desktop])
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Weekly talk' }).waitFor()
  const movedTo = new Intl.DateTimeFormat('en', { weekday: 'long' }).format(moved)
  await page.getByText(`every 2 weeks on ${movedTo}`).waitFor()
  await page.getByRole('button', { name: 'Cancel show' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel show' }).click()
  await page.waitForURL(`${server.url}/`)
  await page.getByRole('link', { name: 'Edit Weekly talk' }).click()
  await page.getByRole('button', { name: 'Stop repeating' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Stop repeating' }).click()
  await page.waitForURL(`${server.url}/`)
  await page.getByRole('heading', { name: 'Live now' }).waitFor()
  await page.getByRole('link', { name: 'Schedule a show' }).waitFor()
  t.equal(await page.getByText('Weekly talk').count(), 0)
})

t.test('the creator changes title and topic on air, and everybody sees it at once', async t => {
  const { page } = host
  await page.goto(server.url)
  const address = await goLive(host, 'Before the news')
  await fan.page.setViewportSize(phone)
  await joinShow(fan, address)
  t.equal(await fan.page.getByRole('button', { name: 'Edit title and topic' }).count(), 0)
  for (const viewport of [phone, desktop]) {
    await page.setViewportSize(viewport)
    await page.getByRole('button', { name: 'Edit title and topic' }).click()
    await page.getByLabel('Title').fill(`The news, ${viewport.width}`)
    await page.getByLabel('Description').fill('What happened today')
    await page.getByRole('textbox', { name: 'Tags' }).fill('news, today')
    await checkScreen(t, page, 'editing title and topic on air')
    await page.getByRole('button', { name: 'Save for everybody' }).click()
    for (const each of [page, fan.page]) {
      await each.getByRole('heading', { name: `The news, ${viewport.width}` }).waitFor()
      await each.getByRole('paragraph').filter({ hasText: 'What happened today' }).waitFor()
      await each.getByRole('link', { name: '#today' }).waitFor()
    }
  }
  t.match(await fan.page.title(), /The news/)
  const { tags } = await (await fetch(`${server.url}/v1/shows/${showIdOf(address)}`)).json()
  t.strictSame(tags, ['news', 'today'])
  await checkScreen(t, fan.page, 'live show with tags', [phone, desktop])
})
