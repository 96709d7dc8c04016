import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { waitUntilHears, waitUntilHearsMore } from './listening.ts'
import { bringOnStage, chooseFromMenu, endShow, goLive, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host', { frequencyHz: 440 })
const cohost = await signInVisitor(server.url, 'Ann', { frequencyHz: 880 })
const listener = await signInVisitor(server.url, 'Listener')
t.teardown(async () => {
  await Promise.all([host, cohost, listener].map(async visitor => await visitor.close()))
  await server.close()
})

const address = await goLive(host, 'Handed over')
await Promise.all([cohost, listener].map(async visitor => await joinShow(visitor, address)))
await bringOnStage(host, cohost, 'Ann')
await chooseFromMenu(host.page, 'Ann', 'Make co-host')

t.test('the creator hands the show over and leaves, and listeners keep hearing the co-host', async t => {
  await waitUntilHears(listener, ({ streams }) => streams === 2)
  await host.page.getByRole('button', { name: 'End show' }).click()
  const dialog = host.page.getByRole('alertdialog')
  await dialog.getByRole('button', { name: 'End for everyone' }).waitFor()
  await checkScreen(t, host.page, 'ending or handing over', [phone, desktop])
  await dialog.getByRole('button', { name: 'Hand over to Ann' }).click()
  await cohost.page.getByRole('button', { name: 'End show' }).waitFor()
  await waitUntilHears(listener, ({ streams }) => streams === 2)

  await host.page.getByRole('button', { name: 'Leave', exact: true }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: 'Leave' }).click()
  await host.page.getByRole('heading', { name: 'Live now' }).waitFor()
  await waitUntilHearsMore(listener)
  t.equal(await listener.page.getByText('Back soon').count(), 0, 'the show is not interrupted')
})

t.test('the creator comes back as a co-host, and the new host ends the show', async t => {
  await joinShow(host, address)
  t.equal(await host.page.getByRole('button', { name: 'End show' }).count(), 0)
  await waitUntilHearsMore(host)
  await endShow(cohost)
  for (const { page } of [cohost, listener, host]) await page.getByText('Thanks for being here').waitFor()
  await host.page.getByRole('button', { name: 'Plan the next one' }).waitFor()
  t.equal(
    await cohost.page.getByRole('button', { name: 'Plan the next one' }).count(),
    0,
    'the record is the creator’s'
  )
})
