import { spawn } from 'node:child_process'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import t from 'tap'
import { run } from '../../scripts/command.ts'
import { programOf } from '../docs/page-blocks.ts'
import { closeRtcPeers } from '../media/rtc-peer.ts'
import { startApp } from '../realtime/real-app.ts'
import { goLive } from '../users.ts'
import { openSpeakerPeer } from '../audio-peers.ts'
import { createApp, root, writeFiles } from './app-folder.ts'

t.teardown(closeRtcPeers)

const bundleTimeoutMs = 180_000
const modules = join(root, 'node_modules')

/** Metro as React Native 0.88 configures it, except that Metro itself turns ES modules into its own. */
const metroConfig = `
const { getDefaultConfig, mergeConfig } = require(${JSON.stringify(join(modules, 'metro-config'))})
const runtime = ${JSON.stringify(join(modules, 'metro-runtime'))}
module.exports = (async () => mergeConfig(await getDefaultConfig(__dirname), {
  projectRoot: __dirname,
  watchFolders: [runtime],
  maxWorkers: 1,
  resolver: {
    resolverMainFields: ['react-native', 'browser', 'main'],
    platforms: ['android', 'ios'],
    unstable_conditionNames: ['react-native']
  },
  transformer: {
    allowOptionalDependencies: true,
    asyncRequireModulePath: require.resolve(runtime + '/src/modules/asyncRequire'),
    getTransformOptions: async () => ({ transform: { experimentalImportSupport: true, inlineRequires: true } })
  }
}))()
`

/** Removes what the JavaScript engine of React Native lacks, and names the platform. */
const engine = `
delete Promise.withResolvers
delete Intl.Segmenter
delete globalThis.DOMException
Object.defineProperty(globalThis, 'navigator', { value: { product: 'ReactNative' }, configurable: true })
`

/** Stand-ins for the native modules that the program for React Native imports. */
const nativeModules = {
  'node_modules/react-native-webrtc/package.json': '{ "name": "react-native-webrtc", "main": "index.js" }',
  'node_modules/react-native-webrtc/index.js': `
    import { FakeMediaStreamTrack } from 'fake-mediastreamtrack'
    export function registerGlobals() {
      const getUserMedia = async () => ({ getAudioTracks: () => [new FakeMediaStreamTrack({ kind: 'audio' })] })
      globalThis.navigator.mediaDevices = { getUserMedia }
    }`,
  'node_modules/react-native-mmkv/package.json': '{ "name": "react-native-mmkv", "main": "index.js" }',
  'node_modules/react-native-mmkv/index.js': `
    export function createMMKV() {
      const values = new Map()
      return {
        getString: key => values.get(key),
        set: (key, value) => void values.set(key, value),
        remove: key => values.delete(key)
      }
    }`,
  // Metro must resolve the real handler, which needs native code to run.
  'react-native-106.js': `
    import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler'
    import * as fakeParameters from 'mediasoup-client/fakeParameters'
    import { ReactNative106 as Real } from 'mediasoup-client/handlers/ReactNative106'
    export const ReactNative106 = {
      createFactory(options) {
        Real.createFactory(options)
        return FakeHandler.createFactory(fakeParameters)
      }
    }`
}

/** Drives the program: asks to speak once it is in the show, speaks once a host accepts, and reports each state. */
const entry = `
import './engine.js'
import { joinLiveShow, speak } from './program.js'

joinLiveShow().then(room => {
  let hasAsked = false
  let hasSpoken = false
  room.subscribe(() => {
    const { connection, microphone, me } = room.view
    console.log(JSON.stringify({ connection, microphone, speak: me.speak, userId: me.userId }))
    if (connection === 'live' && !hasAsked) {
      hasAsked = true
      room.requestFloor('A question')
    }
    if (me.speak === 'granted' && !hasSpoken) {
      hasSpoken = true
      speak(room)
    }
  })
})
`

t.test("Metro bundles React Native's program, which signs in, joins and speaks", async t => {
  const { url } = await startApp(t)
  const { client } = await goLive(url)
  t.teardown(() => client.disconnect())
  await (await openSpeakerPeer(client)).produce()
  const program = programOf('docs/app-developers.md', 'react-native-webrtc')
    .replace('http://127.0.0.1:3000', url)
    .replace('mediasoup-client/handlers/ReactNative106', './react-native-106.js')
  const app = await createApp(t)
  await writeFiles(app, {
    ...nativeModules,
    'engine.js': engine,
    'program.js': stripTypeScriptTypes(program),
    'index.js': entry,
    'metro.config.cjs': metroConfig
  })
  const metro = join(modules, 'metro', 'src', 'cli.js')
  const options = ['--platform', 'ios', '--dev', 'false', '--minify', 'false', '--config', 'metro.config.cjs']
  await run(process.execPath, [metro, 'build', 'index.js', '--out', 'bundle.js', ...options], {
    cwd: app,
    timeoutMs: bundleTimeoutMs
  })

  const bundle = spawn(process.execPath, [join(app, 'bundle.js')], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => bundle.kill())
  const requested = client.waitForEvent('speak:requested')
  requested.then(async ({ event }) => {
    if (event.type === 'speak:requested') {
      await client.request('speak:answer', { requestId: event.requestId, accept: true })
    }
  })
  let last: { microphone?: string; userId?: string } = {}
  for await (const line of createInterface({ input: bundle.stdout })) {
    last = JSON.parse(line)
    if (last.microphone === 'on') break
  }
  if (last.microphone !== 'on') return t.fail('the bundle ended before it spoke')
  t.match(await client.waitForEvent('stage:joined', event => 'userId' in event && event.userId === last.userId), {
    event: { muted: false }
  })
})
