import type { Page } from 'playwright-core'
import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { settles } from './settles.ts'
import { chooseFromMenu, closeHostTools, goLive, joinShow, openHostTools, signInVisitor } from './show-steps.ts'
import { chooseFiles, makeSongFile, openLibrary, waitUntilReady } from './song-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

const poll = (page: Page) => page.getByRole('region', { name: /^Poll/ })
const option = (page: Page, name: RegExp) => poll(page).getByRole('button', { name })

t.test('listeners vote in a poll on a phone and at a desk, change their vote, and see the result', async t => {
  const host = await signInVisitor(server.url, 'Host')
  const onPhone = await signInVisitor(server.url, 'On a phone', { viewport: phone })
  const atDesk = await signInVisitor(server.url, 'At a desk', { viewport: desktop })
  t.teardown(async () => await Promise.all([host.close(), onPhone.close(), atDesk.close()]))
  const address = await goLive(host, 'A show with a poll')
  await joinShow(onPhone, address)
  await joinShow(atDesk, address)

  await openHostTools(host, 'Audience')
  await host.page.getByLabel('Question').fill('Which song opens the next show?')
  await host.page.getByLabel('Option 1', { exact: true }).fill('The old one')
  const open = host.page.getByRole('button', { name: 'Open poll' })
  await settles(t, async () => await open.isDisabled(), true, 'an option is missing')
  await host.page.getByLabel('Option 2', { exact: true }).fill('The new one')
  await host.page.getByRole('button', { name: 'Add option' }).click()
  await host.page.getByLabel('Option 3', { exact: true }).fill('Surprise us')
  await checkScreen(t, host.page, 'opening a poll', [phone, desktop])
  await open.click()
  await host.page.getByText('A poll is open.').waitFor()
  await closeHostTools(host)

  await poll(onPhone.page).getByText('Which song opens the next show?').waitFor()
  await settles(
    t,
    async () => await poll(onPhone.page).getByText('%').count(),
    0,
    'the result is not shown before the vote'
  )
  await checkScreen(t, onPhone.page, 'an open poll', [phone, desktop])
  await option(onPhone.page, /The old one/).click()
  await poll(onPhone.page).getByText('1 vote', { exact: true }).waitFor()
  await option(atDesk.page, /The old one/).focus()
  await atDesk.page.keyboard.press('Enter')
  await poll(onPhone.page).getByText('2 votes', { exact: true }).waitFor()
  await option(atDesk.page, /The new one/).click()
  await poll(onPhone.page)
    .getByRole('button', { name: /The new one.*50 %/ })
    .waitFor()
  await checkScreen(t, atDesk.page, 'a poll after the vote', [phone, desktop])
  await checkScreen(t, host.page, 'the poll of a host', [phone, desktop])

  await onPhone.page.reload()
  await onPhone.page.getByRole('button', { name: 'Leave' }).waitFor()
  await option(onPhone.page, /The old one.*your vote/).waitFor()
  await host.page.getByRole('button', { name: 'Close poll' }).click()
  await onPhone.page.getByRole('region', { name: 'Poll result' }).waitFor()
  await settles(t, async () => await poll(onPhone.page).getByRole('button').count(), 0)
  await checkScreen(t, onPhone.page, 'the result of a poll', [phone, desktop])
  await host.page.getByRole('button', { name: 'Dismiss result' }).click()
  await poll(onPhone.page).waitFor({ state: 'detached' })
})

t.test('listeners request songs of the creator and vote, and the host plays one next', async t => {
  const host = await signInVisitor(server.url, 'Host')
  const onPhone = await signInVisitor(server.url, 'On a phone', { viewport: phone })
  const atDesk = await signInVisitor(server.url, 'At a desk', { viewport: desktop })
  t.teardown(async () => await Promise.all([host.close(), onPhone.close(), atDesk.close()]))
  await openLibrary(host.page)
  await chooseFiles(host.page, [
    await makeSongFile('Blue.mp3', { title: 'Blue moon', seconds: 3 }),
    await makeSongFile('Red.mp3', { title: 'Red sun', seconds: 3 })
  ])
  await waitUntilReady(host.page, 'Blue moon')
  await waitUntilReady(host.page, 'Red sun')
  await host.page.goto(server.url)
  const address = await goLive(host, 'A show with requests')
  await joinShow(onPhone, address)
  await joinShow(atDesk, address)
  await settles(
    t,
    async () => await onPhone.page.getByRole('region', { name: 'Song requests' }).count(),
    0,
    'closed by default'
  )

  await openHostTools(host, 'Rules')
  await host.page.getByLabel(/^Song requests/).selectOption('open')
  await closeHostTools(host)
  await onPhone.page.getByRole('button', { name: 'Request a song' }).click()
  await onPhone.page.getByLabel('Search songs').fill('blu')
  await onPhone.page.getByRole('button', { name: 'Request Red sun' }).waitFor({ state: 'detached' })
  await checkScreen(t, onPhone.page, 'requesting a song', [phone, desktop])
  await onPhone.page.getByRole('button', { name: 'Request Blue moon' }).click()
  await onPhone.page.getByRole('dialog').getByText('Requested').waitFor()
  await onPhone.page.getByRole('button', { name: 'Done' }).click()

  await atDesk.page.getByRole('button', { name: 'Request a song' }).click()
  await atDesk.page.getByRole('button', { name: 'Request Red sun' }).click()
  await atDesk.page.getByRole('dialog').getByText('Requested').nth(1).waitFor()
  await atDesk.page.getByRole('button', { name: 'Done' }).click()
  const songs = (page: Page) => page.getByRole('list', { name: 'Requested songs, most votes first' })
  const vote = (page: Page, name: string) => songs(page).getByRole('button', { name: `Vote for ${name}` })
  await vote(onPhone.page, 'Red sun').click()
  await vote(atDesk.page, 'Red sun, 2 votes').waitFor()
  t.match(await songs(atDesk.page).getByRole('listitem').first().textContent(), /Red sun/)
  await checkScreen(t, atDesk.page, 'requested songs', [phone, desktop])
  await checkScreen(t, host.page, 'requested songs of a host', [phone, desktop])

  await chooseFromMenu(host.page, 'Red sun', 'Play next')
  await host.page.getByRole('button', { name: /^Play/ }).first().click()
  await vote(onPhone.page, 'Red sun').waitFor({ state: 'detached' })
  await chooseFromMenu(host.page, 'Blue moon', 'Dismiss')
  await onPhone.page.getByText('No songs requested yet.').waitFor()
})
