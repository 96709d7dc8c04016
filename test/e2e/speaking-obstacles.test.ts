import t, { type Test } from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import type { Visitor } from './browser.ts'
import { waitUntilHearsMore } from './listening.ts'
import { allowMicrophone, blockMicrophone } from './microphone-steps.ts'
import { endShow, goLive, joinShow, requestToSpeak, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
const address = await goLive(host, 'A show to speak in')
t.teardown(async () => {
  await endShow(host)
  await host.close()
  await server.close()
})

async function openListener(t: Test, viewport = desktop): Promise<Visitor> {
  const listener = await signInVisitor(server.url, 'Listener', { viewport })
  t.teardown(async () => await listener.close())
  return listener
}

/** Presses the button that leads to a request, and waits for the sentence that says why there is none. */
async function waitForObstacle({ page }: Visitor, sentence: string): Promise<void> {
  await page.getByRole('button', { name: 'Request to speak' }).click()
  await page.getByRole('alert').filter({ hasText: sentence }).waitFor()
}

t.test('a person who has blocked the microphone is told before asking, and asks once they allow it', async t => {
  const listener = await openListener(t, phone)
  const { page } = listener
  await joinShow(listener, address)
  await blockMicrophone(listener)
  await waitForObstacle(listener, 'Your microphone is blocked.')
  t.equal(await page.getByRole('button', { name: 'Send request' }).count(), 0)
  await checkScreen(t, page, 'a blocked microphone', [phone])
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await allowMicrophone(listener)
  await requestToSpeak(listener)
  t.pass('asked')
})

t.test('a page over http of a name that is not this machine says before asking that it cannot speak', async t => {
  const insecureHost = 'ambient.test'
  const toInsecure = (url: string) => url.replace('127.0.0.1', insecureHost)
  const listener = await signInVisitor(toInsecure(server.url), 'Listener', { viewport: phone, insecureHost })
  t.teardown(async () => await listener.close())
  await joinShow(listener, toInsecure(address))
  t.notOk(await listener.page.evaluate(() => window.isSecureContext))
  await waitForObstacle(listener, 'Browsers only allow the microphone on https pages.')
  await checkScreen(t, listener.page, 'an insecure page', [phone])
  await waitUntilHearsMore(listener)
})

for (const [situation, script, sentence] of [
  [
    'a page without mediaDevices',
    () => {
      Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined })
    },
    'This browser can’t open microphones.'
  ],
  [
    'a browser without getUserMedia',
    () => {
      Object.defineProperty(MediaDevices.prototype, 'getUserMedia', { value: undefined })
    },
    'This browser can’t open microphones.'
  ],
  [
    'a device whose list of microphones is empty',
    () => {
      MediaDevices.prototype.enumerateDevices = async () => []
    },
    'No microphone is connected.'
  ]
] as const) {
  t.test(`${situation} says before asking that it cannot speak, and plays the show`, async t => {
    const listener = await openListener(t)
    await listener.context.addInitScript(script)
    await joinShow(listener, address)
    await waitForObstacle(listener, sentence)
    await waitUntilHearsMore(listener)
  })
}

t.test('a host whose microphone is blocked learns it in the green room', async t => {
  const creator = await openListener(t)
  await blockMicrophone(creator)
  await creator.page.getByRole('button', { name: 'Go live' }).click()
  await creator.page.getByRole('alert').filter({ hasText: 'Your microphone is blocked.' }).waitFor()
  t.ok(await creator.page.getByRole('button', { name: 'Go live' }).isDisabled())
})
