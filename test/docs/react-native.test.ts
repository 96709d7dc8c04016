import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import type { ShowRoom } from '../../client/index.ts'
import { until } from '../client/visitor.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { goLive } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { programOf } from './page-blocks.ts'

t.teardown(closeRtcPeers)

/** The program of the page as a module, with what it imports from where it is here. */
function moduleOf(program: string, url: string): string {
  const root = join(import.meta.dirname, '..', '..')
  const here = (path: string) => pathToFileURL(join(root, path)).href
  return program
    .replace('http://127.0.0.1:3000', url)
    .replace('./client/index.ts', here('client/index.ts'))
    .replaceAll(
      /'react-native-\w+'|'mediasoup-client\/handlers\/ReactNative106'/g,
      `'${here('test/docs/react-native.ts')}'`
    )
}

t.test('the program for React Native signs in, joins, and speaks with what the platform gives it', async t => {
  const { url } = await startApp(t)
  const { client, creator } = await goLive(url)
  t.teardown(() => client.disconnect())
  await (await openSpeakerPeer(client)).produce()
  const folder = t.testdir({ 'program.ts': moduleOf(programOf('app-developers.md', 'react-native-webrtc'), url) })
  const { room, speak }: { room: ShowRoom; speak: () => Promise<void> } = await import(
    pathToFileURL(join(folder, 'program.ts')).href
  )
  t.teardown(async () => await room.leave())

  const view = await until(room, ({ connection }) => connection === 'live')
  t.match(view.room?.stage, [{ userId: creator.id, state: 'onStage' }])
  const { requestId } = await room.requestFloor('A question')
  await client.request('speak:answer', { requestId, accept: true })
  await until(room, ({ me }) => me.speak === 'granted')
  await speak()
  t.match(
    await client.waitForEvent('stage:joined', event => 'userId' in event && event.userId === room.view.me.userId),
    {
      event: { muted: false }
    }
  )
  await until(room, ({ microphone }) => microphone === 'on')
})
