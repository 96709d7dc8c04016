import t, { type Test } from 'tap'
import { findSpeakingObstacle } from '../../client/index.ts'
import { createFakeWebRtc } from './fake-audio.ts'

/** Stands in for a platform with one microphone that is neither a known browser nor has WebRTC of its own. */
function usePlatform(t: Test, globals: object): void {
  const mediaDevices = {
    getUserMedia() {},
    enumerateDevices: async () => [{ kind: 'audioinput' }]
  }
  const all = { navigator: { userAgent: 'Lantern/1.0', mediaDevices }, ...globals }
  for (const [name, value] of Object.entries(all)) {
    t.intercept(globalThis, name as keyof typeof globalThis, { value })
  }
}

t.test('a platform without secure contexts can speak with the WebRTC of the app', async t => {
  usePlatform(t, { RTCPeerConnection: class {} })
  t.equal(await findSpeakingObstacle(), 'unknownBrowser')
  const { handlerFactory } = createFakeWebRtc()
  t.equal(await findSpeakingObstacle({ handlerFactory }), undefined)
})

t.test('a page that is not secure cannot speak, whatever WebRTC the app brings', async t => {
  usePlatform(t, { isSecureContext: false })
  t.equal(await findSpeakingObstacle(createFakeWebRtc()), 'insecurePage')
})

t.test('a platform without WebRTC cannot speak without that of the app', async t => {
  usePlatform(t, {})
  t.equal(await findSpeakingObstacle(), 'noWebRtc')
})
