import t from 'tap'
import { startServer } from '../server-process.ts'
import { waitUntilHears } from './listening.ts'
import { signInVisitor, goLive } from './show-steps.ts'

const server = await startServer({ DRAIN_DEADLINE_MS: '1' })
const host = await signInVisitor(server.url, 'Host')
const listener = await signInVisitor(server.url, 'Listener')
t.teardown(async () => {
  await Promise.all([host.close(), listener.close()])
  await server.close()
})

t.test('one tap on a show starts its sound', async t => {
  await goLive(host, 'A show to tap on')
  const { page } = listener
  await page.reload()
  const link = page.getByRole('link', { name: 'A show to tap on' })
  await link.waitFor()
  const tappedAtMs = performance.now()
  await link.click()
  await waitUntilHears(listener, ({ energy }) => energy > 0)
  t.comment(`from the tap to the first sound: ${Math.round(performance.now() - tappedAtMs)} ms`)
  t.pass('sound is received')
})
