import t from 'tap'
import { joinShow as joinAs } from '../users.ts'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { bringOnStage, chooseFromMenu, goLive, joinShow, showIdOf, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Mara', { viewport: desktop })
const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
t.teardown(async () => {
  await Promise.all([host.close(), guest.close()])
  await server.close()
})

const address = await goLive(host, 'A show with decisions')
await joinShow(guest, address)
const notice = (text: string) => guest.page.getByRole('status').getByText(text)

t.test('a host mutes everybody on stage with one press, and each of them is told by whom', async t => {
  const { client } = await joinAs(server.url, showIdOf(address), 'Another speaker')
  t.teardown(() => client.disconnect())
  await client.request('speak:request', {})
  await host.page.getByRole('button', { name: 'Accept Another speaker' }).click()
  t.equal(await host.page.getByRole('button', { name: 'Mute all' }).count(), 0, 'one speaker has a menu for that')
  await bringOnStage(host, guest, 'Guest')
  await host.page.getByRole('button', { name: 'Mute all' }).click()
  await notice('Mara muted you. You can unmute yourself.').waitFor()
  await host.page.getByRole('button', { name: 'Mute all' }).waitFor({ state: 'detached' })
  t.ok(await host.page.getByRole('button', { name: 'Mute', exact: true }).isVisible(), 'the host is not muted')
  await checkScreen(t, guest.page, 'muted by the host', [phone, desktop])
  await guest.page.getByRole('button', { name: 'Unmute' }).click()
  await guest.page.getByRole('button', { name: 'Mute', exact: true }).waitFor()
})

t.test('a person is told that they are a co-host, and that they are in the audience again', async t => {
  await chooseFromMenu(host.page, 'Guest', 'Make co-host')
  await notice('Mara made you a co-host.').waitFor()
  await chooseFromMenu(host.page, 'Guest', 'Remove as co-host')
  await notice('You’re no longer a co-host.').waitFor()
  await chooseFromMenu(host.page, 'Guest', 'Move to audience')
  await notice('Mara moved you to the audience.').waitFor()
  t.pass('told')
})
