import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { measureHeard, waitUntilHearsMore } from './listening.ts'
import { hidePermissions, openHeardShow, waitUntilHearsNothing } from './microphone-steps.ts'
import { bringOnStage, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

const loudText = 'Nobody hears you.'

for (const [size, viewport] of Object.entries({ phone, desktop })) {
  t.test(`a host who reloads is heard again without a press, on a ${size}`, async t => {
    const { host, listener } = await openHeardShow(t, server.url, viewport)
    await host.page.reload()
    await host.page.getByRole('button', { name: 'Mute' }).waitFor()
    await waitUntilHearsMore(listener)
    t.equal(await host.page.getByText(loudText).count(), 0)
  })

  t.test(`a host whose browser may ask again is told that nobody hears them, and resumes, on a ${size}`, async t => {
    const { host, listener } = await openHeardShow(t, server.url, viewport)
    await hidePermissions(host)
    await host.page.reload()
    await host.page.getByRole('alert').filter({ hasText: loudText }).waitFor()
    await host.page.getByRole('button', { name: 'Resume', exact: true }).waitFor()
    await checkScreen(t, host.page, 'nobody hears the host', [viewport])
    await waitUntilHearsNothing(listener)
    await host.page.getByRole('button', { name: 'Nobody hears you: resume' }).click()
    await waitUntilHearsMore(listener)
    await host.page.getByText(loudText).waitFor({ state: 'detached' })
  })
}

t.test('a host who was muted comes back muted', async t => {
  const { host, listener } = await openHeardShow(t, server.url, desktop)
  await host.page.getByRole('button', { name: 'Mute' }).click()
  await host.page.getByRole('button', { name: 'Unmute' }).waitFor()
  await host.page.reload()
  await host.page.getByRole('button', { name: 'Unmute' }).waitFor()
  const { energy } = await measureHeard(listener, 1500)
  t.ok(energy < 0.001, 'nothing is heard')
  await host.page.getByRole('button', { name: 'Unmute' }).click()
  await waitUntilHearsMore(listener)
})

t.test('a host whose microphone has an id that the browser no longer knows resumes with the default one', async t => {
  const { host, listener } = await openHeardShow(t, server.url, desktop)
  await host.page.evaluate(() => {
    const stored = JSON.parse(localStorage.getItem('ambient:microphone') ?? '{}')
    stored.choice.deviceId = 'unplugged'
    localStorage.setItem('ambient:microphone', JSON.stringify(stored))
  })
  await host.page.reload()
  await host.page.getByText('The microphone you used isn’t connected.').waitFor()
  await host.page.getByRole('button', { name: 'Resume', exact: true }).click()
  await waitUntilHearsMore(listener)
  await host.page.getByText(loudText).waitFor({ state: 'detached' })
})

t.test('a speaker who reloads is heard again, and one who was granted the floor is not without a press', async t => {
  const { host, listener } = await openHeardShow(t, server.url, desktop)
  const guest = await signInVisitor(server.url, 'Guest')
  t.teardown(async () => await guest.close())
  await joinShow(guest, host.page.url())
  await bringOnStage(host, guest, 'Guest')
  await host.page.getByRole('button', { name: 'Mute', exact: true }).click()
  await host.page.getByRole('button', { name: 'Unmute' }).waitFor()
  await waitUntilHearsMore(listener)
  await guest.page.reload()
  await guest.page.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  await waitUntilHearsMore(listener)

  await guest.page.getByRole('button', { name: 'Step down' }).click()
  await guest.page.getByRole('button', { name: 'Request to speak' }).click()
  await guest.page.getByRole('button', { name: 'Send request' }).click()
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await guest.page.getByRole('button', { name: 'Turn on your microphone' }).waitFor()
  const { energy } = await measureHeard(listener, 1500)
  t.ok(energy < 0.001, 'the first press is the guest’s own')
})
