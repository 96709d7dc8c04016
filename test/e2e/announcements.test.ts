import t from 'tap'
import { startAppWithOperator } from '../operator-app.ts'
import { goLive } from '../users.ts'
import { checkScreen, phone } from './accessibility.ts'
import { openVisitor, type Visitor } from './browser.ts'
import { joinShow, signInVisitor } from './show-steps.ts'

const { app, url, operator } = await startAppWithOperator(t)
const announce = async (text: string, forMs = 600_000): Promise<string> => {
  const until = new Date(Date.now() + forMs).toISOString()
  return (await app.announcements.make(operator.id, { text, until })).id
}
const banner = ({ page }: Visitor, text: string) => page.getByRole('status', { name: 'Announcements' }).getByText(text)
const close = ({ page }: Visitor) => page.getByRole('button', { name: 'Close announcement' })

t.test('an announcement is on every page until it is closed on the device, ended, or over', async t => {
  const early = await announce('We move tonight at <b>nine</b>.')
  const stranger = await openVisitor({ viewport: phone })
  t.teardown(async () => await stranger.close())
  await stranger.page.goto(url)
  await banner(stranger, 'We move tonight at <b>nine</b>.').waitFor()
  await checkScreen(t, stranger.page, 'announcement', [phone, { width: 1440, height: 900 }])

  const { client, showId } = await goLive(url)
  t.teardown(() => client.disconnect())
  const listener = await signInVisitor(url, 'Listener')
  t.teardown(async () => await listener.close())
  await banner(listener, 'We move tonight').waitFor()
  await joinShow(listener, `${url}/shows/${showId}`)
  await banner(listener, 'We move tonight').waitFor()
  await checkScreen(t, listener.page, 'announcement in a live show', [phone])

  // The announcement that comes while the page is open, over the socket.
  await announce('One more thing.')
  await banner(listener, 'One more thing.').waitFor()
  t.equal(await close(listener).count(), 2)
  await close(listener).first().focus()
  await listener.page.keyboard.press('Enter')
  await banner(listener, 'One more thing.').waitFor({ state: 'detached' })
  t.equal(
    await listener.page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
    'Close announcement',
    'the focus moves to the next one'
  )
  await listener.page.reload()
  await banner(listener, 'We move tonight').waitFor()
  t.equal(await banner(listener, 'One more thing.').count(), 0, 'closed on this device')
  await listener.page.goto(`${url}/settings`)
  await banner(listener, 'We move tonight').waitFor()
  await joinShow(listener, `${url}/shows/${showId}`)
  await banner(listener, 'We move tonight').waitFor()

  await app.announcements.end(operator.id, early)
  await banner(listener, 'We move tonight').waitFor({ state: 'detached' })
  await announce('Only for a moment.', 3000)
  await banner(listener, 'Only for a moment.').waitFor()
  await banner(listener, 'Only for a moment.').waitFor({ state: 'detached' })
  t.equal(await close(listener).count(), 0)
})
