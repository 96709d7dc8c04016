import t from 'tap'
import type { NotificationSettings } from '../../contract/notifications.ts'
import { startServer } from '../server-process.ts'
import { startPushService } from '../standins/push-service/server.ts'
import { until } from '../until.ts'
import { goLive as startShow, signIn } from '../users.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { clickNotification, signInPushVisitor, type PushVisitor } from './push-steps.ts'
import { goLive, joinShow, showIdOf, signInVisitor } from './show-steps.ts'
import { apiClientOf } from './test-songs.ts'

const service = await startPushService()
const server = await startServer({ NOTIFY_PRIVATE_ADDRESSES: 'on', PUSH_CONTACT: 'mailto:operator@radio.example' })
t.teardown(async () => {
  await server.close()
  await service.close()
})

const settingsOf = ({ page }: PushVisitor) => page.getByRole('region', { name: 'Notifications' })

async function switchOn(fan: PushVisitor): Promise<void> {
  await fan.page.goto(`${server.url}/settings`)
  await settingsOf(fan).getByText('Notify me in this browser').click()
  await settingsOf(fan)
    .getByRole('button', { name: /^Remove Chrome/ })
    .waitFor()
}

t.test('a browser that is switched on shows that somebody is live, once per show, and opens the show', async t => {
  const mara = await signInVisitor(server.url, 'Mara')
  const fan = await signInPushVisitor(server.url, 'Fan', service)
  t.teardown(async () => await Promise.all([mara.close(), fan.close()]))
  const { page } = fan
  t.equal(await fan.permissionRequests(), 0, 'nothing is asked while a page loads')
  await switchOn(fan)
  t.equal(await fan.permissionRequests(), 1)
  await settingsOf(fan).getByText('This browser · since').waitFor()
  await checkScreen(t, page, 'settings with notifications', [phone, desktop])

  const profile = await mara.page.getByRole('link', { name: /Your profile/ }).getAttribute('href')
  await page.goto(`${server.url}${profile}`)
  await page.getByRole('button', { name: 'Follow Mara' }).click()
  await page.getByRole('button', { name: 'Following Mara, unfollow' }).waitFor()
  const address = await goLive(mara, 'Songs <from> the kitchen')
  const [browser] = fan.subscriptions
  await until(() => browser?.messages.length === 1, 20_000)
  const { text = '' } = browser?.messages[0] ?? {}
  await fan.deliver(text)
  await until(async () => (await fan.shownTexts()).length > 0, 20_000)
  await fan.deliver(text)
  await fan.deliver(JSON.stringify({ type: 'show:unknown', showId: 'x', title: 'Of a later server' }))
  await fan.deliver('no JSON')
  await fan.settle()
  t.same(await fan.shownTexts(), ['Mara is live: Songs <from> the kitchen'])

  t.same(await clickNotification(fan), { opened: [address], focused: [] })
  // The page asks for the sign-ins when it has begun to listen to the service worker.
  const isListening = page.waitForResponse(/\/v1\/users\/me\/sessions/)
  await joinShow(fan, address)
  await isListening
  await fan.deliver(text)
  t.same(await clickNotification(fan), { opened: [], focused: [address] })
  // In the show, on another page.
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByRole('region', { name: 'Your show', exact: true }).waitFor()
  await fan.deliver(text)
  t.same(await clickNotification(fan), { opened: [], focused: [address] })
  await page.waitForURL(address)
  await fan.deliver(text.replaceAll(showIdOf(address), 'another-show'))
  t.same(await clickNotification(fan), { opened: [`${server.url}/shows/another-show`], focused: [] })
})

t.test('notifications are offered once, after somebody was followed', async t => {
  const fan = await signInPushVisitor(server.url, 'New fan', service)
  t.teardown(async () => await fan.close())
  const api = await apiClientOf(server.url, fan)
  const { page } = fan
  await page.setViewportSize(phone)
  const offer = page.getByRole('status', { name: 'Offer of notifications' })
  const [first, second] = [await signIn(server.url, 'First host'), await signIn(server.url, 'Second host')]
  await page.goto(`${server.url}/users/${first.id}`)
  await page.getByRole('button', { name: 'Follow First host' }).click()
  await offer.getByText('Be told when First host goes live, also while Ambient is closed?').waitFor()
  await checkScreen(t, page, 'offer of notifications', [phone, desktop])
  t.equal(await fan.permissionRequests(), 0, 'nothing is asked before a press')
  await offer.getByRole('button', { name: 'Not now' }).click()
  await offer.waitFor({ state: 'detached' })
  await waitForFocus(page, /^h1 /)
  t.equal(await page.evaluate(() => document.activeElement?.tagName), 'H1')
  const asked = page.waitForResponse(/\/v1\/users\/[\w-]+$/)
  await page.goto(`${server.url}/users/${second.id}`)
  await asked
  await page.getByRole('button', { name: 'Follow Second host' }).click()
  await page.getByRole('button', { name: 'Following Second host, unfollow' }).waitFor()
  await offer.waitFor({ state: 'detached' })
  t.equal(await offer.count(), 0, 'it is not made again')

  await page.evaluate(() => localStorage.removeItem('ambient:push-offered'))
  await page.reload()
  await page.getByRole('button', { name: 'Following Second host, unfollow' }).click()
  await page.getByRole('button', { name: 'Follow Second host' }).click()
  await offer.getByRole('button', { name: 'Turn on notifications' }).click()
  await offer.waitFor({ state: 'detached' })
  t.equal(fan.subscriptions.length, 1)
  t.same((await api.rest<{ items: object[] }>('GET', '/v1/users/me/push-subscriptions')).items.length, 1)
})

t.test('people choose whose shows, when, and in which browsers', async t => {
  const fan = await signInPushVisitor(server.url, 'Chooser', service)
  t.teardown(async () => await fan.close())
  const api = await apiClientOf(server.url, fan)
  const loud = await signIn(server.url, 'Loud')
  const { page } = fan
  await page.goto(`${server.url}/users/${loud.id}`)
  await page.getByRole('button', { name: 'Follow Loud' }).click()
  await page.getByRole('button', { name: 'Following Loud, unfollow' }).waitFor()
  await switchOn(fan)
  const section = settingsOf(fan)
  const stored = async () => await api.rest<NotificationSettings>('GET', '/v1/users/me/notifications')

  await section.getByRole('button', { name: 'Choose people' }).click()
  await page.getByRole('button', { name: 'Mute Loud' }).click()
  await page.getByRole('button', { name: 'Unmute Loud' }).waitFor()
  await checkScreen(t, page, 'dialog of muted people', [phone, desktop])
  await page.getByRole('button', { name: 'Done' }).click()
  await section.getByText('You’ve muted one person.').waitFor()
  t.same((await stored()).mutedCreatorIds, [loud.id])

  await section.getByText('Quiet hours').click()
  await section.getByLabel('From').fill('23:30')
  await section.getByLabel('Until').fill('07:15')
  await section.getByLabel('Time zone').focus()
  await section.getByLabel('Time zone').selectOption('America/New_York')
  const expected = { from: '23:30', to: '07:15', timeZone: 'America/New_York' }
  await until(async () => JSON.stringify((await stored()).quietHours) === JSON.stringify(expected), 20_000)
  await section.getByText('Notify these browsers').click()
  await until(async () => !(await stored()).push, 20_000)
  await section.getByLabel('Tell me when these people go live').selectOption('Nobody')
  await until(async () => (await stored()).creators === 'none', 20_000)
  await page.reload()
  t.equal(await section.getByLabel('From').inputValue(), '23:30')
  await section.getByText('Quiet hours').click()
  await until(async () => (await stored()).quietHours === null, 20_000)

  await section.getByRole('button', { name: /^Remove Chrome/ }).click()
  await section.getByRole('button', { name: /^Remove Chrome/ }).waitFor({ state: 'detached' })
  t.same(await api.rest('GET', '/v1/users/me/push-subscriptions'), { items: [] })
  t.notOk(await section.getByRole('switch', { name: 'Notify me in this browser' }).isChecked())
})

t.test('a browser with another address is subscribed again, and one that was removed elsewhere is not', async t => {
  const fan = await signInPushVisitor(server.url, 'Mover', service)
  t.teardown(async () => await fan.close())
  const api = await apiClientOf(server.url, fan)
  const { page } = fan
  await switchOn(fan)
  const ids = async () =>
    (await api.rest<{ items: { id: string }[] }>('GET', '/v1/users/me/push-subscriptions')).items.map(({ id }) => id)
  const [before] = await ids()
  const { key } = await api.rest<{ key: string }>('GET', '/v1/push/key')
  await fan.changeAddress(key)
  await page.reload()
  await until(async () => (await ids()).some(id => id !== before), 20_000)

  // The push service refuses messages of another server's key.
  await fan.changeAddress(key.replace(/.{4}$/, 'AAAA'))
  const count = fan.subscriptions.length
  await page.reload()
  await until(() => fan.subscriptions.length > count, 20_000)
  await until(async () => (await ids()).length === 3, 20_000)

  const creator = await startShow(server.url, 'Creator')
  t.teardown(() => creator.client.disconnect())
  for (const id of await ids()) await api.rest('DELETE', `/v1/users/me/push-subscriptions/${id}`)
  const kept = page.waitForResponse(/\/v1\/users\/me\/sessions/)
  await page.goto(server.url)
  await kept
  await page.goto(`${server.url}/settings`)
  await settingsOf(fan).getByRole('switch', { name: 'Notify me in this browser' }).waitFor()
  t.same(await ids(), [])
})

t.test('settings say why a browser gets no notifications, and what to do', async t => {
  const fan = await signInVisitor(server.url, 'Without')
  t.teardown(async () => await fan.close())
  const { page } = fan
  const section = page.getByRole('region', { name: 'Notifications' })
  // Playwright's profiles block notifications unless a test allows them.
  await page.goto(`${server.url}/settings`)
  await section.getByText('This browser blocks notifications from Ambient.').waitFor()
  await checkScreen(t, page, 'settings with blocked notifications', [phone, desktop])
  await page.route('**/v1/push/key', async route => await route.fulfill({ json: { key: null } }))
  await page.reload()
  await section.getByText('This server sends no notifications to browsers.').waitFor()
  await page.unroute('**/v1/push/key')
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'PushManager')
    Object.defineProperty(navigator, 'userAgent', { value: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)' })
  })
  await page.reload()
  await section.getByText('add Ambient to the home screen first').waitFor()
})
