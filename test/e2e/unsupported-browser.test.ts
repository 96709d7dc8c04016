import t, { type Test } from 'tap'
import { startServer } from '../server-process.ts'
import { checkScreen, desktop, phone } from './accessibility.ts'
import type { Visitor } from './browser.ts'
import { goLive as goLiveByApi } from '../users.ts'
import { goLive, joinShow, postComment, signInVisitor } from './show-steps.ts'

const server = await startServer()
t.teardown(async () => await server.close())

const sentence = 'This browser can’t play live sound.'

/** Makes Chromium present itself as a browser that nobody knows. */
async function presentAsUnknown({ context, page }: Visitor): Promise<void> {
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setUserAgentOverride', {
    userAgent: 'Lantern/1.0',
    userAgentMetadata: { brands: [], platform: '', platformVersion: '', architecture: '', model: '', mobile: false }
  })
}

async function removeWebRtc({ context }: Visitor): Promise<void> {
  await context.addInitScript(() => {
    Reflect.deleteProperty(window, 'RTCPeerConnection')
  })
}

/** Opens a show, and joins it with a browser that cannot play it. Counts its joins. */
async function openShow(t: Test, viewport: { width: number; height: number }, spoil: (v: Visitor) => Promise<void>) {
  const host = await signInVisitor(server.url, 'Host', { viewport: desktop })
  const listener = await signInVisitor(server.url, 'Listener', { viewport })
  t.teardown(async () => await Promise.all([host.close(), listener.close()]))
  const address = await goLive(host, 'A show for old browsers')
  await spoil(listener)
  const joins: string[] = []
  listener.page.on('websocket', socket => {
    socket.on('framesent', ({ payload }) => {
      if (String(payload).includes('show:join')) joins.push(String(payload))
    })
  })
  await joinShow(listener, address)
  return { host, listener, joins }
}

for (const [browser, viewport, spoil] of [
  ['a browser with an unknown user agent', phone, presentAsUnknown],
  ['a browser without RTCPeerConnection', desktop, removeWebRtc]
] as const) {
  t.test(`${browser} gets one sentence and the comments, and joins once`, async t => {
    const { host, listener, joins } = await openShow(t, viewport, spoil)
    const { page } = listener
    await page.getByRole('alert').filter({ hasText: sentence }).waitFor()
    await checkScreen(t, page, browser, [viewport])
    await postComment(host, 'Can you hear me?')
    await page.getByText('Can you hear me?').first().waitFor()
    await page.getByRole('button', { name: 'Request to speak' }).click()
    await page.getByRole('alert').filter({ hasText: 'can’t send your voice' }).waitFor()
    // That no loop of joins begins later is held by test/client/no-webrtc.test.ts, which has a clock to advance.
    t.equal(joins.length, 1)
    t.equal(await page.getByText('Reconnecting').count(), 0)
    t.equal(await page.getByLabel('Stream of the show').count(), 0, 'this show has no stream')
  })
}

t.test('a browser that cannot play live sound plays the stream of a show that has one', async t => {
  const { client, showId } = await goLiveByApi(server.url, 'A show with a stream', { program: true })
  t.teardown(() => client.disconnect())
  const listener = await signInVisitor(server.url, 'Listener', { viewport: phone })
  t.teardown(async () => await listener.close())
  await presentAsUnknown(listener)
  const { page } = listener
  await joinShow(listener, `${server.url}/shows/${showId}`)
  await page.getByRole('alert').filter({ hasText: 'listen to its stream here' }).waitFor()
  const player = page.getByLabel('Stream of the show')
  await checkScreen(t, page, 'the stream of a show', [phone])
  await player.evaluate(async (audio: HTMLAudioElement) => await audio.play())
  await page.waitForFunction(() => (document.querySelector('audio[controls]') as HTMLAudioElement).currentTime > 0.5)
  t.match(await player.evaluate((audio: HTMLAudioElement) => audio.currentSrc), `${server.url}/live/${showId}.`)
})
