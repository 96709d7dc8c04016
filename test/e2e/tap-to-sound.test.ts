import t from 'tap'
import { startServer } from '../server-process.ts'
import { untilHears } from './hearing.ts'
import { arrive, goLive } from './moves.ts'

const server = await startServer({ DRAIN_DEADLINE_MS: '1' })
const host = await arrive(server.url, 'Host')
const listener = await arrive(server.url, 'Listener')
t.teardown(async () => {
  await Promise.all([host.close(), listener.close()])
  await server.close()
})

t.test('one tap on a show brings its sound', async t => {
  await goLive(host, 'A show to tap on')
  const { page } = listener
  await page.reload()
  const link = page.getByRole('link', { name: 'A show to tap on' })
  await link.waitFor()
  const tappedAtMs = performance.now()
  await link.click()
  await untilHears(listener, ({ energy }) => energy > 0)
  t.comment(`from the tap to the first sound: ${Math.round(performance.now() - tappedAtMs)} ms`)
  t.pass('heard')
})
