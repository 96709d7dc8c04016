import t from 'tap'
import { openListenerPeer, openSpeakerPeer } from '../audio-peers.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { speakingHeardBy } from '../speaking-heard.ts'
import { goLive, signIn } from '../users.ts'
import { startApp, until } from './real-app.ts'

t.teardown(closeRtcPeers)

const { url } = await startApp(t)

t.test('`levels` in show:join says who is told about speakers', async t => {
  const { client: creator, creator: user, showId } = await goLive(url)
  const own = speakingHeardBy(creator)
  const voice = await openSpeakerPeer(creator, -20)
  const producerId = await voice.produce()

  async function listener(levels?: boolean) {
    const client = await (await signIn(url, 'Listener')).connect()
    const heard = speakingHeardBy(client)
    await client.request('show:join', { showId, ...(levels !== undefined && { levels }) })
    return { client, heard }
  }
  const [old, asking, measuring, silent] = [
    await listener(),
    await listener(true),
    await listener(false),
    await listener(false)
  ]
  for (const { client } of [old, asking, measuring]) await (await openListenerPeer(client)).consume(producerId)

  voice.startTalking()
  await until(() => asking.heard.length >= 5)
  t.same(own, [[user.id]], 'the speaker did not say what they want')
  t.same(old.heard, [[user.id]], 'a change')
  t.same(measuring.heard, [], 'what it receives, it measures')
  t.same(silent.heard, [[user.id]], 'it receives nothing')
  t.ok(asking.heard.every(userIds => userIds[0] === user.id))

  const late = await listener()
  await until(() => late.heard.length > 0)
  t.same(late.heard, [[user.id]], 'who comes in the middle of a sentence is told')

  await asking.client.request('show:join', { showId, levels: false })
  await until(() => asking.heard.length > 0)
  const before = asking.heard.length
  voice.stopTalking()
  await until(() => old.heard.length >= 2)
  t.same(
    [old, silent, late].map(({ heard }) => heard.at(-1)),
    [[], [], []],
    'nobody speaks'
  )
  t.same(measuring.heard, [])
  t.ok(asking.heard.length <= before + 1, 'a client may change its mind')
  for (const { client } of [old, asking, measuring, silent, late]) client.disconnect()
})
