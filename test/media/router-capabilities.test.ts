import t from 'tap'
import { expectedRouterCapabilities } from '../../client/router-capabilities.ts'
import { openTestMedia } from './test-media.ts'

t.test('the SDK expects the capabilities that routers have', async t => {
  const { audio } = await openTestMedia(t)
  t.strictSame(JSON.parse(JSON.stringify(audio.rtpCapabilities)), expectedRouterCapabilities)
  t.equal(JSON.stringify(audio.rtpCapabilities), JSON.stringify(expectedRouterCapabilities), 'it compares the text')
})
