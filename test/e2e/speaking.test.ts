import t from 'tap'
import { startServer } from '../server-process.ts'
import type { Visitor } from './browser.ts'
import { bringOnStage, goLive, joinShow, signInVisitor } from './show-steps.ts'

const server = await startServer()
const host = await signInVisitor(server.url, 'Host')
const guest = await signInVisitor(server.url, 'Guest')
const listener = await signInVisitor(server.url, 'Listener')
t.teardown(async () => {
  await Promise.all([host.close(), guest.close(), listener.close()])
  await server.close()
})

/** The levels that the server sends to the listener. */
const sent: string[] = []
listener.page.on('websocket', socket => {
  socket.on('framereceived', ({ payload }) => {
    if (String(payload).includes('media:speaking')) sent.push(String(payload))
  })
})

/** Waits until the ring around a person on stage shows a voice, or none. */
async function waitForRing({ page }: Visitor, name: string, isSpeaking: boolean): Promise<void> {
  await page.waitForFunction(
    ([name, isSpeaking]) => {
      const seats = [...document.querySelectorAll('section[aria-label="On stage"] li')]
      const avatar = seats.find(seat => seat.textContent?.includes(name))?.querySelector('[style*="--loudness"]')
      const loudness = Number(avatar && getComputedStyle(avatar).getPropertyValue('--loudness'))
      return isSpeaking ? loudness > 0.3 : loudness === 0
    },
    [name, isSpeaking] as const
  )
}

/** Makes the microphone of a person pick up nothing, or their tone again. */
async function setSounding({ page }: Visitor, isSounding: boolean): Promise<void> {
  await page.evaluate(isSounding => {
    const { peerConnections } = window as { peerConnections?: RTCPeerConnection[] }
    const senders = (peerConnections ?? []).flatMap(connection => connection.getSenders())
    for (const { track } of senders) if (track) track.enabled = isSounding
  }, isSounding)
}

t.test('rings show who speaks, and go away when they stop', async t => {
  const address = await goLive(host, 'A show with rings')
  await joinShow(guest, address)
  await joinShow(listener, address)
  for (const visitor of [host, guest, listener]) await waitForRing(visitor, 'Host', true)
  await bringOnStage(host, guest, 'Guest')
  for (const visitor of [host, guest, listener]) await waitForRing(visitor, 'Guest', true)

  await setSounding(host, false)
  for (const visitor of [host, guest, listener]) await waitForRing(visitor, 'Host', false)
  await waitForRing(listener, 'Guest', true)
  await setSounding(host, true)
  for (const visitor of [host, guest, listener]) await waitForRing(visitor, 'Host', true)

  await guest.page.getByRole('button', { name: 'Mute' }).click()
  for (const visitor of [host, guest, listener]) await waitForRing(visitor, 'Guest', false)
  t.ok(sent.length <= 2, `the listener measures: ${sent.length} messages of the server, before it received a voice`)
})
