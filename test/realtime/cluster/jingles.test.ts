import t from 'tap'
import type { Song } from '../../../contract/songs.ts'
import { openListenerPeer } from '../../audio-peers.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { makeFile } from '../../songs/files.ts'
import { settled, uploaded } from '../../songs/uploads.ts'
import { goLive, joinShow, type ShowClient } from '../../users.ts'
import { until } from '../real-app.ts'
import { startRealNodes } from './real-nodes.ts'

t.setTimeout(180_000)
t.teardown(closeRtcPeers)

/** Presses a pad, and returns the producer of the jingle that a member learns of. */
async function press(cohost: ShowClient, member: ShowClient, songId: string, not?: string): Promise<string> {
  await cohost.request('jingle:play', { songId })
  const { event } = await member.waitForEvent(
    'jingle:changed',
    event => event.type === 'jingle:changed' && event.jingle !== null && event.jingle.producerId !== not
  )
  return event.type === 'jingle:changed' ? (event.jingle?.producerId ?? '') : ''
}

t.test('a jingle is pressed and heard at another node than the home, and again after the home is lost', async t => {
  const { nodes } = await startRealNodes(t, { settings: { CREATOR_GRACE_MS: '60000' } })
  const [a, b] = nodes
  const { creator, client: host, showId } = await goLive(a!.url)
  const file = await makeFile('a.flac', [], 'sine=frequency=1500:duration=10')
  const { id: songId } = await settled(creator, (await uploaded(a!.url, creator, file, 'Horn.flac')).id)
  await creator.rest<Song>('PATCH', `/v1/songs/${songId}`, { jingle: { name: 'Horn', color: 'teal' } })
  const { user, client: cohost } = await joinShow(b!.url, showId, 'Co-host')
  await host.request('cohost:set', { userId: user.id, cohost: true })
  const ear = await openListenerPeer(cohost)

  const first = await press(cohost, cohost, songId)
  await ear.consume(first)
  await until(() => ear.packetCount(first) > 20)
  t.pass('heard at the other node')

  a!.kill('SIGKILL')
  await cohost.waitForEvent('show:interrupted')
  const second = await press(cohost, cohost, songId, first)
  await ear.consume(second)
  await until(() => ear.packetCount(second) > 20)
  t.pass('heard from the next home')
})
