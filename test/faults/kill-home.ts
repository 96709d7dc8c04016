import t, { type Test } from 'tap'
import type { Playback } from '../../contract/playback.ts'
import type { Show } from '../../contract/shows.ts'
import { openListenerPeer, type ListenerPeer } from '../audio-peers.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { clockStartMs, prepareSongs, toneSong } from '../e2e/test-songs.ts'
import { until } from '../realtime/real-app.ts'
import { keepRequesting, noLimits, readLog, reasonsOf } from '../realtime/cluster/acknowledged.ts'
import { startRealNodes } from '../realtime/cluster/real-nodes.ts'
import type { ServerProcess } from '../server-process.ts'
import { call, connectClient, joinShow, signIn, type ShowClient, type TestUser } from '../users.ts'
import { checkFigure } from './figures.ts'
import { repetitions } from './repetitions.ts'

t.teardown(closeRtcPeers)
t.setTimeout(600_000)

const fault = 'kill -9 of the home'

interface Nodes {
  readonly home: ServerProcess
  readonly others: readonly ServerProcess[]
  readonly recordsUrl: string
}

/** Starts a show of this creator whose song plays. */
async function startShow(
  url: string,
  creator: TestUser,
  songId: string
): Promise<{ showId: string; host: ShowClient }> {
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'A show', settings: {} })
  const { version } = await creator.rest<{ version: number }>('GET', `/v1/shows/${showId}/playlist`)
  await creator.rest('PUT', `/v1/shows/${showId}/playlist`, { version, items: [{ kind: 'song', songId }] })
  // The node that starts a show is its home.
  await call(url, 'POST', `/v1/shows/${showId}/start`, undefined, creator.token)
  const host = await connectClient(url, creator.token)
  await host.join(showId)
  await host.request('playback:play', {})
  return { showId, host }
}

/** Waits for a song that plays, other than this one, and until a packet of it has arrived. */
async function hearSong(client: ShowClient, ear: ListenerPeer, other?: string | null): Promise<Playback> {
  const { event } = await client.waitForEvent(
    'playback:changed',
    event =>
      event.type === 'playback:changed' &&
      event.playback.status === 'playing' &&
      event.playback.producerId !== null &&
      event.playback.producerId !== other
  )
  if (event.type !== 'playback:changed') throw new Error('another event')
  const { playback } = event
  await ear.consume(playback.producerId!)
  await until(() => ear.packetCount(playback.producerId!) > 0)
  return playback
}

async function killOnce(t: Test, { home, others, recordsUrl }: Nodes, creator: TestUser, songId: string) {
  const { showId, host } = await startShow(home.url, creator, songId)
  const [listener, second] = await Promise.all(others.map(async ({ url }) => (await joinShow(url, showId)).client))
  const ear = await openListenerPeer(listener!)
  const { snapshot } = await listener!.request('show:resync', {})
  const before = snapshot.playback
  await ear.consume(before.producerId!)
  await until(() => ear.packetCount(before.producerId!) > 10)
  const sendings = [keepRequesting(listener!, 'listener'), keepRequesting(second!, 'second')]
  await until(() => reasonsSeen(host) > 4)

  const killedAt = performance.now()
  const since = () => performance.now() - killedAt
  home.kill('SIGKILL')
  const interrupted = Promise.all(
    [listener!, second!].map(async client => await client.waitForEvent('show:interrupted'))
  )
  const heard = hearSong(listener!, ear, before.producerId).then(after => ({ after, songGapMs: since() }))
  await interrupted
  const homeMs = since()
  const { after, songGapMs } = await heard
  t.equal(after.item?.id, before.item?.id, 'the same song')
  const shiftMs = Math.abs(clockStartMs(after) - clockStartMs(before))

  const back = await connectClient(others[0]!.url, creator.token)
  t.equal((await back.join(showId)).me.role, 'creator')
  const acknowledged = (await Promise.all(sendings.map(async sending => await sending.stop()))).flat()
  await creator.rest('POST', `/v1/shows/${showId}/end`)
  const reasons = reasonsOf(await readLog(t, recordsUrl, showId))
  ear.close()
  for (const client of [host, back, listener!, second!]) client.disconnect()
  return {
    homeMs,
    songGapMs,
    shiftMs,
    lost: acknowledged.filter(reason => !reasons.includes(reason)).length,
    doubled: reasons.length - new Set(reasons).size
  }
}

function reasonsSeen(host: ShowClient): number {
  return host.queueEvents.filter(({ event }) => event.type === 'speak:requested').length
}

t.test('a show goes on at another node when its home is killed', async t => {
  const settings = { ...noLimits, CREATOR_GRACE_MS: '60000' }
  const { nodes, recordsUrl } = await startRealNodes(t, { count: 3, settings })
  const [home, ...others] = nodes
  // Their REST calls go to a node that stays.
  const creator = await signIn(others[0]!.url, 'Creator')
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'For the song', settings: {} })
  const [song] = await prepareSongs(others[0]!.url, creator, showId, [toneSong(440, 120)])
  const results: Awaited<ReturnType<typeof killOnce>>[] = []
  for (let n = 0; n < repetitions; n++) {
    results.push(await killOnce(t, { home: home!, others, recordsUrl }, creator, song!.id))
    await home!.restart()
  }
  const of = (name: keyof (typeof results)[number]) => results.map(result => result[name])
  checkFigure(t, { fault, what: 'another home, ms', samples: of('homeMs'), limit: 5000 })
  checkFigure(t, { fault, what: 'the song is heard again, ms', samples: of('songGapMs'), limit: 5000 })
  checkFigure(t, { fault, what: 'the clock of the song is off by, ms', samples: of('shiftMs'), limit: 250 })
  checkFigure(t, { fault, what: 'acknowledged commands that are missing', samples: of('lost'), limit: 0 })
  checkFigure(t, { fault, what: 'commands carried out twice', samples: of('doubled'), limit: 0 })
})
