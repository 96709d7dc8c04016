import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { startEmbeddedStore } from '../../../plugins/embedded/index.ts'
import { openSpeakerPeer } from '../../audio-peers.ts'
import { clusterKeys } from '../../cluster-keys.ts'
import { quietPacket } from '../../media/recording/synthetic-voice.ts'
import { closeRtcPeers } from '../../media/rtc-peer.ts'
import { startRedis } from '../../standins/redis/start.ts'
import { recordsSettings } from '../../store-settings.ts'
import { goLive, joinShow, type ShowClient } from '../../users.ts'
import { startApp, until } from '../real-app.ts'

t.teardown(closeRtcPeers)

/** Starts two nodes in this process. */
async function startTwo(t: Test, settings: Record<string, string> = {}) {
  const dataDir = await mkdtemp(join(tmpdir(), 'ambient-recording-'))
  const store = await startEmbeddedStore({ dataDir })
  t.teardown(async () => {
    await store.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const redis = await startRedis(t)
  const shared = { ...clusterKeys, REDIS_URL: redis.url, MONGODB_URL: store.url, ...recordsSettings(dataDir) }
  const node = async (NODE_ID: string) => await startApp(t, { ...shared, STORAGE_URL: 'gridfs:', NODE_ID, ...settings })
  return { home: await node('a'), edge: await node('b') }
}

/** Brings a member on stage. */
async function bringOnStage(host: ShowClient, guest: ShowClient): Promise<void> {
  const { requestId } = await guest.request('speak:request', { reason: 'hello' })
  await host.request('speak:answer', { requestId, accept: true })
  await guest.waitForEvent('floor:granted')
}

t.test('each node records the speakers who are connected to it, each voice once', async t => {
  const { home, edge } = await startTwo(t)
  const { client: host, creator, showId } = await goLive(home.url)
  const { client: guest, user } = await joinShow(edge.url, showId)
  await bringOnStage(host, guest)
  const [hostVoice, guestVoice] = [await openSpeakerPeer(host), await openSpeakerPeer(guest)]
  await hostVoice.produce()
  await guestVoice.produce()
  await host.request('recording:set', { on: true })
  await guest.waitForEvent('recording:started')
  const packets = Array.from({ length: 75 }, () => quietPacket)
  await Promise.all([hostVoice, guestVoice].map(async voice => await voice.play(packets).over))
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  await until(async () => await home.app.recordings.isComplete(showId))
  const stints = await home.app.recordings.stintsOf(showId)
  t.same(stints.map(({ userId }) => userId).sort(), [creator.id, user.id].sort())
  for (const { durationMs } of stints) t.ok(durationMs > 1000, `${durationMs} ms`)
})

t.test('a node without space tells the home, which stops the recording for all', async t => {
  const { home, edge } = await startTwo(t, { LIMIT_RECORDING_BYTES: '1' })
  const { client: host, showId } = await goLive(home.url, 'Full', { record: true })
  const { client: guest } = await joinShow(edge.url, showId)
  await bringOnStage(host, guest)
  const voice = await openSpeakerPeer(guest)
  await voice.produce()
  voice.startTalking()
  const { event } = await host.waitForEvent('recording:stopped')
  t.match(event, { by: null, reason: 'quota' })
  await guest.waitForEvent('recording:stopped')
  voice.stopTalking()
})

t.test('hosts on all nodes learn which voice a node does not record, and listeners do not', async t => {
  const { home, edge } = await startTwo(t)
  const { client: host, showId } = await goLive(home.url, 'Missed', { record: true })
  const { client: guest, user } = await joinShow(edge.url, showId)
  const { client: cohost, user: other } = await joinShow(edge.url, showId)
  const { client: listener, user: late } = await joinShow(edge.url, showId)
  await host.request('cohost:set', { userId: other.id, cohost: true })
  await cohost.waitForEvent('cohost:changed')
  await bringOnStage(host, guest)
  const opening = mock.method(edge.app.stintFiles, 'open', async () => await Promise.reject(new Error('down')))
  t.teardown(() => opening.mock.restore())
  const unrecordedOf = async (client: ShowClient) => (await client.request('show:resync', {})).snapshot.unrecordedIds
  const voice = await openSpeakerPeer(guest)
  await voice.produce()
  voice.startTalking()
  for (const client of [host, cohost, guest]) {
    t.match(await client.waitForEvent('voice:recorded'), { event: { userId: user.id, recorded: false } })
    t.same(await unrecordedOf(client), [user.id])
  }
  t.same(await unrecordedOf(listener), [])
  t.notOk(listener.queueEvents.some(({ event }) => event.type === 'voice:recorded'))
  await host.request('cohost:set', { userId: late.id, cohost: true })
  await listener.waitForEvent('cohost:changed', event => event.type === 'cohost:changed' && event.userId === late.id)
  t.same(await unrecordedOf(listener), [user.id], 'a later host finds it in the snapshot')

  opening.mock.restore()
  for (const client of [host, cohost]) {
    await client.waitForEvent('voice:recorded', event => event.type === 'voice:recorded' && event.recorded)
    t.same(await unrecordedOf(client), [])
  }
  voice.stopTalking()
})
