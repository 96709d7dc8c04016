import t from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import { waitForFocus } from './keyboard-steps.ts'
import { measureHeard, waitUntilHearsMore } from './listening.ts'
import { failMicrophone, openHeardShow, sentMicrophones, waitUntilHearsNothing } from './microphone-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

const loudText = 'Nobody hears you.'

for (const [size, viewport] of Object.entries({ phone, desktop })) {
  t.test(
    `a track that ended says so on stage and in the bar, and another microphone is heard, on a ${size}`,
    async t => {
      const { host, listener } = await openHeardShow(t, server.url, viewport)
      const { page } = host
      await failMicrophone(host, 'ended')
      await page.getByRole('alert').filter({ hasText: 'Your microphone stopped.' }).waitFor()
      await page.getByRole('button', { name: 'Nobody hears you: resume' }).waitFor()
      await waitUntilHearsNothing(listener)

      await page.getByRole('button', { name: 'Change microphone' }).click()
      const dialog = page.getByRole('dialog', { name: 'Your microphone' })
      await dialog.getByLabel('Microphone', { exact: true }).selectOption({ label: 'Fake Audio Input 2' })
      await dialog.getByText('This microphone is on.').waitFor()
      await checkScreen(t, page, 'changing the microphone', [viewport])
      await waitUntilHearsMore(listener)
      t.same(await sentMicrophones(host), ['Fake Audio Input 2'])
      await dialog.getByRole('button', { name: 'Close' }).click()
      await page.getByText(loudText).waitFor({ state: 'detached' })
      await waitForFocus(page, /Change microphone/)
      t.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Change microphone')

      await page.reload()
      await page.getByRole('button', { name: 'Mute' }).waitFor()
      await waitUntilHearsMore(listener)
      t.same(await sentMicrophones(host), ['Fake Audio Input 2'], 'and comes back after a reload')
    }
  )
}

t.test('a muted host changes the microphone, stays muted, and keeps their place on stage', async t => {
  const { host, listener } = await openHeardShow(t, server.url, desktop)
  const { page } = host
  const sent: string[] = []
  await page.getByRole('button', { name: 'Mute' }).click()
  await page.getByRole('button', { name: 'Unmute' }).waitFor()
  page.on('websocket', socket => socket.on('framesent', ({ payload }) => sent.push(String(payload))))
  await page.getByRole('button', { name: 'Change microphone' }).click()
  const dialog = page.getByRole('dialog', { name: 'Your microphone' })
  await dialog.getByLabel('Microphone', { exact: true }).selectOption({ label: 'Fake Audio Input 1' })
  await dialog.getByText('Opening the microphone…').waitFor({ state: 'detached' })
  t.ok((await measureHeard(listener, 1000)).energy < 0.001, 'still muted')
  t.same(await sentMicrophones(host), ['Fake Audio Input 1'])
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Unmute' }).click()
  await waitUntilHearsMore(listener)
  t.notOk(
    sent.some(frame => frame.includes('media:produce')),
    'on the same producer'
  )
})

t.test('the list of microphones follows a devicechange event', async t => {
  const { host } = await openHeardShow(t, server.url, desktop)
  const { page } = host
  await page.getByRole('button', { name: 'Change microphone' }).click()
  const select = page.getByRole('dialog').getByLabel('Microphone', { exact: true })
  await select.getByText('Fake Audio Input 1').waitFor({ state: 'attached' })
  await page.evaluate(() => {
    const { mediaDevices } = navigator
    const plugged = { kind: 'audioinput', deviceId: 'headset', label: 'A headset', groupId: '', toJSON: () => ({}) }
    mediaDevices.enumerateDevices = async () => [plugged as MediaDeviceInfo]
    mediaDevices.dispatchEvent(new Event('devicechange'))
  })
  await select.getByText('A headset').waitFor({ state: 'attached' })
  t.equal(await select.getByText('Fake Audio Input 1').count(), 0)
})

t.test('the default microphone can be chosen, and replaces one that is not connected any more', async t => {
  const { host, listener } = await openHeardShow(t, server.url, desktop)
  const { page } = host
  await page.getByRole('button', { name: 'Change microphone' }).click()
  const dialog = page.getByRole('dialog', { name: 'Your microphone' })
  const select = dialog.getByLabel('Microphone', { exact: true })
  const waitUntilSent = async (label: RegExp) => {
    while (!label.test((await sentMicrophones(host)).join())) await measureHeard(listener, 100)
  }
  await select.selectOption({ label: 'Fake Audio Input 2' })
  await waitUntilSent(/^Fake Audio Input 2$/)
  await select.selectOption({ label: 'Default' })
  await waitUntilSent(/Default/)
  await select.locator('option:checked').getByText('Default').waitFor({ state: 'attached' })

  await select.selectOption({ label: 'Fake Audio Input 2' })
  await waitUntilSent(/^Fake Audio Input 2$/)
  await page.evaluate(() => {
    const { mediaDevices } = navigator
    const open = mediaDevices.getUserMedia.bind(mediaDevices)
    mediaDevices.getUserMedia = async constraints => {
      const { audio } = constraints ?? {}
      if (typeof audio === 'object' && audio.deviceId) throw new DOMException('Gone', 'OverconstrainedError')
      return await open(constraints)
    }
    const plugged = { kind: 'audioinput', deviceId: 'headset', label: 'A headset', groupId: '', toJSON: () => ({}) }
    mediaDevices.enumerateDevices = async () => [plugged as MediaDeviceInfo]
    mediaDevices.dispatchEvent(new Event('devicechange'))
  })
  await failMicrophone(host, 'ended')
  await select.locator('option:checked').getByText('Not connected').waitFor({ state: 'attached' })
  await dialog.getByRole('button', { name: 'Use this microphone' }).click()
  await waitUntilSent(/Default/)
  await select.locator('option:checked').getByText('Default').waitFor({ state: 'attached' })
  t.pass('the default microphone is sent')
})

t.test('a track that is marked as muted for three seconds says so until it is heard again', async t => {
  const { host } = await openHeardShow(t, server.url, phone)
  await failMicrophone(host, 'mute')
  await host.page.getByRole('alert').filter({ hasText: 'keeps your microphone silent' }).waitFor()
  await host.page.getByRole('button', { name: 'Nobody hears you: resume' }).waitFor()
  await failMicrophone(host, 'unmute')
  await host.page.getByText(loudText).waitFor({ state: 'detached' })
  t.equal(await host.page.getByRole('button', { name: 'Nobody hears you: resume' }).count(), 0)
})
