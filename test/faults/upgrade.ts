import t, { type Test } from 'tap'
import { openListenerPeer, openSpeakerPeer } from '../audio-peers.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { homesOf, noLimits, readLog } from '../realtime/cluster/acknowledged.ts'
import { startRealNodes } from '../realtime/cluster/real-nodes.ts'
import { until } from '../realtime/real-app.ts'
import type { ServerProcess } from '../server-process.ts'
import { connectClient, goLive, grantFloor, joinShow, type ShowClient, type TestUser } from '../users.ts'
import { checkFigure } from './figures.ts'
import { checkOutPrevious } from './previous-build.ts'

t.setTimeout(1_800_000)
t.teardown(closeRtcPeers)

const fault = 'the previous build beside this one'

/** A show with the creator at its home and a co-host with the floor at the other node. */
interface MixedShow {
  readonly showId: string
  readonly creator: TestUser
  readonly host: ShowClient
  readonly user: TestUser
  readonly guest: ShowClient
}

/** Starts a show at a node, and tries commands and voices between both. */
async function openMixed(t: Test, home: ServerProcess, other: ServerProcess): Promise<MixedShow> {
  const { creator, client: host, showId } = await goLive(home.url)
  const { user, client: guest } = await joinShow(other.url, showId)
  await grantFloor(host, guest)
  await guest.waitForEvent('floor:granted')
  await host.request('cohost:set', { userId: user.id, cohost: true })
  await guest.waitForEvent('cohost:changed')
  const { comment } = await guest.request('comment:send', { clientId: 'one', text: 'a comment' })
  await host.request('comment:delete', { commentId: comment.id })
  const announced = host.nextMessage('announcement')
  await host.request('show:announce', { text: 'hello' })
  await announced

  const voices = await Promise.all([host, guest].map(async client => await openSpeakerPeer(client)))
  const [hostProducer, guestProducer] = [await voices[0]!.produce(), await voices[1]!.produce()]
  for (const voice of voices) voice.startTalking()
  await host.waitForEvent('stage:joined', event => 'producerId' in event && event.producerId === guestProducer)
  await guest.waitForEvent('stage:joined', event => 'producerId' in event && event.producerId === hostProducer)
  const [hostEar, guestEar] = [await openListenerPeer(host), await openListenerPeer(guest)]
  await Promise.all([hostEar.consume(guestProducer), guestEar.consume(hostProducer)])
  await until(() => hostEar.packetCount(guestProducer) > 20 && guestEar.packetCount(hostProducer) > 20)
  t.pass('both hear each other')
  for (const voice of voices) voice.stopTalking()
  for (const ear of [hostEar, guestEar]) ear.close()
  return { showId, creator, host, user, guest }
}

/** The creator connects to the other node, and the co-host is still there. Both act. */
async function goOn(t: Test, other: ServerProcess, { showId, creator, user, guest }: MixedShow): Promise<ShowClient> {
  const back = await connectClient(other.url, creator.token)
  const snapshot = await back.join(showId)
  t.equal(snapshot.me.role, 'creator')
  t.same(snapshot.cohostIds, [user.id], 'the co-host keeps the role')
  t.ok(
    snapshot.stage.some(({ userId }) => userId === user.id),
    'and the floor'
  )
  t.ok(guest.socket.connected)
  await back.request('mute:set', { userId: user.id, muted: true })
  await guest.waitForEvent('mute:changed')
  await guest.request('comment:send', { clientId: 'two', text: 'still here' })
  return back
}

t.test('nodes of the previous build and of this one share shows, and take them over', async t => {
  const { name, folder } = await checkOutPrevious(t)
  t.comment(`the previous build is ${name}`)
  const { nodes, recordsUrl } = await startRealNodes(t, {
    folders: [folder],
    settings: { ...noLimits, CREATOR_GRACE_MS: '60000', SPEAKER_GRACE_MS: '60000' }
  })
  const [previous, current] = nodes
  const takenMs: number[] = []
  for (const [home, other, what] of [
    [previous!, current!, 'from the previous build to this one'],
    [current!, previous!, 'from this build to the previous one']
  ] as const) {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await t.test(`${signal}, ${what}`, async t => {
        const show = await openMixed(t, home, other)
        const drained = signal === 'SIGTERM' ? show.host.nextMessage('session:drain') : undefined
        home.kill(signal)
        const killedAt = performance.now()
        if (drained) await drained
        else {
          await show.guest.waitForEvent('show:interrupted')
          takenMs.push(performance.now() - killedAt)
        }
        const back = await goOn(t, other, show)
        await home.waitForExit()
        t.equal(homesOf(await readLog(t, recordsUrl, show.showId)).length, 2)
        for (const client of [show.host, back, show.guest]) client.disconnect()
        await home.restart()
      })
    }
  }
  checkFigure(t, { fault, what: 'another home after kill -9, ms', samples: takenMs, limit: 5000 })
})
