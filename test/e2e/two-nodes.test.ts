import t from 'tap'
import { openListenerPeer } from '../audio-peers.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { until } from '../realtime/real-app.ts'
import { startRealNodes } from '../realtime/cluster/real-nodes.ts'
import { joinShow as joinBySocket } from '../users.ts'
import { waitUntilHearsMore } from './listening.ts'
import { goLive, joinShow, requestToSpeak, signInVisitor, startSpeaking } from './show-steps.ts'

t.setTimeout(180_000)
t.teardown(closeRtcPeers)

t.test('browsers on two nodes hear each other, and a killed home silences nobody on the other node', async t => {
  const { nodes } = await startRealNodes(t, { settings: { CREATOR_GRACE_MS: '60000' } })
  const [a, b] = nodes
  const host = await signInVisitor(a!.url, 'Host', { frequencyHz: 440 })
  t.teardown(host.close)
  const guest = await signInVisitor(b!.url, 'Guest', { frequencyHz: 660 })
  t.teardown(guest.close)
  const address = new URL(await goLive(host, 'A show on two nodes'))
  await joinShow(guest, b!.url + address.pathname)
  await waitUntilHearsMore(guest)
  t.pass('the guest hears the host at the other node')

  await requestToSpeak(guest, 'hello')
  await host.page.getByRole('button', { name: 'Accept' }).click()
  await startSpeaking(guest)
  await waitUntilHearsMore(host)
  t.pass('the host hears the guest')

  const showId = address.pathname.split('/').at(-1) ?? ''
  const { client: listener } = await joinBySocket(b!.url, showId)
  const ear = await openListenerPeer(listener)
  const { snapshot } = await listener.request('show:resync', {})
  const producerId = snapshot.stage.find(({ displayName }) => displayName === 'Guest')?.producerId
  await ear.consume(producerId!)
  await until(() => ear.packetCount(producerId!) > 50)

  const gaps = watchGaps(() => ear.packetCount(producerId!))
  a!.kill('SIGKILL')
  await listener.waitForEvent('show:interrupted')
  t.comment(`longest time without a packet of the guest: ${gaps.stop()} ms`)
  t.ok(gaps.stop() < 500, 'the guest is heard without a gap')
  await guest.page.getByRole('button', { name: 'Mute' }).waitFor()
  t.ok(listener.socket.connected)
})

/** Measures the longest time without a new packet, to about 20 ms. */
function watchGaps(count: () => number): { stop(): number } {
  let last = count()
  let lastAt = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    if (count() > last) {
      longest = Math.max(longest, now - lastAt)
      lastAt = now
      last = count()
    }
  }, 10)
  return {
    stop() {
      clearInterval(timer)
      return Math.round(longest)
    }
  }
}
