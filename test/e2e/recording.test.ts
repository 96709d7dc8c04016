import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import { testAtNight } from '../depth.ts'
import type { Member } from '../../contract/moderation.ts'
import { startServer } from '../server-process.ts'
import { goLive as goLiveThroughApi } from '../users.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { goLive, joinShow, requestToSpeak, signInVisitor, startSpeaking, bringOnStage } from './show-steps.ts'
import { chooseFiles, makeSongFile, openLibrary, waitUntilReady } from './song-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

const badge = (page: Page) => page.getByText('Recording', { exact: true })
const notice = (page: Page) => page.getByText('This show is being recorded. On stage, your voice is too.')
const said = async (page: Page, text: string) =>
  await page.getByRole('status').filter({ hasText: text }).first().waitFor({ state: 'attached' })

t.test('everybody sees the recording, people learn of it before and on stage, and may leave the stage', async t => {
  const host = await signInVisitor(server.url, 'Host')
  const speaker = await signInVisitor(server.url, 'Speaker', { viewport: phone })
  const listener = await signInVisitor(server.url, 'Listener')
  t.teardown(async () => await Promise.all([host.close(), speaker.close(), listener.close()]))
  const address = await goLive(host, 'A recorded show')
  await joinShow(speaker, address)
  await joinShow(listener, address)
  await bringOnStage(host, speaker, 'Speaker')

  t.equal(await badge(listener.page).count(), 0)
  await host.page.getByRole('button', { name: 'Record', exact: true }).click()
  await badge(listener.page).waitFor()
  await said(listener.page, 'This show is being recorded')
  await checkScreen(t, listener.page, 'a listener of a recorded show', [phone, desktop])
  await host.page.getByRole('button', { name: 'Stop recording' }).waitFor()
  await checkScreen(t, host.page, 'the host of a recorded show', [phone, desktop])
  const told = speaker.page.getByText('This show is being recorded now, and your voice too.')
  await told.waitFor()
  t.equal(await host.page.getByText('and your voice too').count(), 0, 'who started it knows')
  await checkScreen(t, speaker.page, 'a speaker learns of the recording', [phone, desktop])
  await speaker.page.getByRole('button', { name: 'Leave the stage' }).click()
  await speaker.page.getByRole('button', { name: 'Request to speak' }).waitFor()
  t.equal(await told.count(), 0)

  await listener.page.getByRole('button', { name: 'Request to speak' }).click()
  await notice(listener.page).waitFor()
  await checkScreen(t, listener.page, 'asking to speak in a recorded show', [phone, desktop])
  await listener.page.getByRole('button', { name: 'Cancel', exact: true }).click()
  t.equal(await notice(listener.page).count(), 0)
  await requestToSpeak(speaker)
  await host.page.getByRole('button', { name: 'Accept Speaker' }).click()
  await speaker.page.getByRole('button', { name: 'Turn on your microphone' }).waitFor()
  await notice(speaker.page).waitFor()
  await startSpeaking(speaker)
  t.equal(await told.count(), 0, 'who was told before is not told again')
  t.equal(await notice(speaker.page).count(), 0)

  await host.page.getByRole('button', { name: 'Stop recording' }).click()
  await badge(listener.page).waitFor({ state: 'detached' })
  await said(listener.page, 'The recording has stopped')
  await host.page.getByRole('button', { name: 'Record', exact: true }).click()
  await told.waitFor()
  await speaker.page.getByRole('button', { name: 'OK' }).click()
  await told.waitFor({ state: 'detached' })
  await speaker.page.getByRole('button', { name: 'Mute' }).waitFor()
})

t.test('owners set the rights of a song in its details', async t => {
  const owner = await signInVisitor(server.url, 'Owner')
  const { page } = owner
  t.teardown(async () => await owner.close())
  await openLibrary(page)
  await chooseFiles(page, [await makeSongFile('Take 3.mp3', { title: 'Take three', seconds: 3 })])
  await waitUntilReady(page, 'Take three')
  const openDetails = async () => {
    await page.getByRole('button', { name: 'More options for Take three' }).click()
    await page.getByRole('menuitem', { name: 'Details' }).click()
    await page.getByRole('region', { name: 'Rights' }).waitFor()
  }
  const rights = async () =>
    await Promise.all(
      ['Heard in replays of shows', 'Heard in streams for radio apps'].map(
        async name => await page.getByRole('switch', { name }).isChecked()
      )
    )
  await openDetails()
  t.same(await rights(), [false, false])
  await page.getByText('Heard in replays of shows').click()
  await said(page, 'Saved.')
  t.same(await rights(), [true, false])
  await checkScreen(t, page, 'the rights of a song', [phone, desktop])
  await page.reload()
  await openDetails()
  t.same(await rights(), [true, false])
})

t.test('a show is recorded from its start by its setting, which is chosen with the keyboard', async t => {
  const host = await signInVisitor(server.url, 'Host')
  const { page } = host
  t.teardown(async () => await host.close())
  await page.goto(`${server.url}/plan`)
  await page.getByLabel('Title').fill('A planned recording')
  await page.getByRole('switch', { name: 'Record the show' }).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await checkScreen(t, page, 'planning a recorded show', [phone, desktop])
  await page.getByLabel('Who can find it').selectOption('private')
  t.equal(await page.getByRole('switch', { name: 'Also as a stream for radio apps' }).count(), 0)
  await page.getByLabel('Who can find it').selectOption('public')
  await page.getByRole('button', { name: 'Schedule show' }).click()
  await page.waitForURL(/\/shows\/[\w-]+$/)
  for (const name of ['Record the show', 'Also as a stream for radio apps']) {
    t.ok(await page.getByRole('switch', { name }).isChecked(), name)
  }
  await page.getByRole('button', { name: 'Go live' }).click()
  await badge(page).waitFor()
  await page.getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('tab', { name: 'Rules' }).click()
  const stream = page.getByRole('switch', { name: 'Also as a stream for radio apps' })
  t.ok(await stream.isChecked())
  t.equal(await page.getByRole('switch', { name: 'Record the show' }).count(), 0, 'a live show has a button for it')
  await checkScreen(t, page, 'the rules of a recorded show', [phone, desktop])
})

t.test('invited people and co-hosts learn of the recording before they go on stage', async t => {
  const { creator, client, showId } = await goLiveThroughApi(server.url)
  await client.request('recording:set', { on: true })
  const guest = await signInVisitor(server.url, 'Guest', { viewport: phone })
  t.teardown(async () => {
    client.disconnect()
    await guest.close()
  })
  await joinShow(guest, `${server.url}/shows/${showId}`)
  const { items } = await creator.rest<{ items: Member[] }>('GET', `/v1/shows/${showId}/members?q=Guest`)
  const userId = items[0]?.id ?? ''
  t.equal(await notice(guest.page).count(), 0)
  await client.request('speak:invite', { userId })
  await guest.page.getByRole('button', { name: 'Join the stage' }).waitFor()
  t.equal(await notice(guest.page).count(), 1)
  await said(guest.page, 'You’re invited to speak. This show is being recorded')
  await guest.page.getByRole('button', { name: 'No thanks' }).click()
  await client.request('cohost:set', { userId, cohost: true })
  await guest.page.getByRole('button', { name: 'Go on stage' }).waitFor()
  t.equal(await notice(guest.page).count(), 1)
})

testAtNight(t, 'hosts see why a recording stopped by itself', async t => {
  const server = await startServer({ LIMIT_RECORDING_BYTES: '1' })
  const host = await signInVisitor(server.url, 'Host')
  const listener = await signInVisitor(server.url, 'Listener')
  t.teardown(async () => {
    await Promise.all([host.close(), listener.close()])
    await server.close()
  })
  await joinShow(listener, await goLive(host, 'A show without space'))
  await host.page.getByRole('button', { name: 'Record', exact: true }).click()
  const reason = host.page.getByRole('alert').filter({ hasText: 'space for recordings is used up' })
  await reason.waitFor()
  await badge(host.page).waitFor({ state: 'detached' })
  await checkScreen(t, host.page, 'a recording that stopped by itself', [phone, desktop])
  await said(listener.page, 'The recording has stopped')
  t.equal(await listener.page.getByText('is used up').count(), 0, 'listeners need not know why')
  await host.page.getByRole('button', { name: 'Mute' }).waitFor()
})

testAtNight(t, 'hosts see whose voice is not recorded, until it is again, and listeners do not', async t => {
  const server = await startServer()
  const host = await signInVisitor(server.url, 'Host')
  const speaker = await signInVisitor(server.url, 'Ben')
  const listener = await signInVisitor(server.url, 'Listener')
  t.teardown(async () => {
    await Promise.all([host.close(), speaker.close(), listener.close()])
    await server.close()
  })
  const address = await goLive(host, 'A show that is recorded in part')
  await joinShow(speaker, address)
  await joinShow(listener, address)
  await bringOnStage(host, speaker, 'Ben')
  const alert = host.page.getByRole('alert').filter({ hasText: 'not being recorded' })
  // Without its spool, the server cannot open the file of a stint.
  const spools = join(server.env.DATA_DIR ?? '', 'recordings')
  await rename(spools, `${spools}-away`)
  await writeFile(spools, '')
  await host.page.getByRole('button', { name: 'Record', exact: true }).click()
  await host.page.getByText('You and Ben are not being recorded right now. Trying again.').waitFor()
  t.equal(await alert.count(), 1)
  await checkScreen(t, host.page, 'a voice that is not recorded', [phone, desktop])
  await badge(listener.page).waitFor()
  for (const { page } of [listener, speaker]) t.equal(await page.getByText('not being recorded').count(), 0)
  await rm(spools)
  await rename(`${spools}-away`, spools)
  await alert.waitFor({ state: 'detached' })
  await host.page.getByRole('button', { name: 'Stop recording' }).waitFor()
})
