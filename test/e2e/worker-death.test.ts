import t from 'tap'
import { childrenOf } from '../load/process-cost.ts'
import { startServer } from '../server-process.ts'
import { waitUntilHears, waitUntilHearsSteadily } from './listening.ts'
import { signInVisitor, goLive, joinShow, bringOnStage } from './show-steps.ts'

/** With two sessions per worker, the three people of this show are spread over two workers and piped. */
const server = await startServer({ MEDIA_WORKERS: '2', MEDIA_LISTENERS_PER_WORKER: '2' })
const host = await signInVisitor(server.url, 'Host', { frequencyHz: 440 })
const guest = await signInVisitor(server.url, 'Guest', { frequencyHz: 880 })
const listener = await signInVisitor(server.url, 'Listener')
t.teardown(async () => {
  await Promise.all([host, guest, listener].map(async visitor => await visitor.close()))
  await server.close()
})

const countOnStage = async () =>
  await listener.page.getByRole('region', { name: 'On stage' }).getByRole('listitem').count()

t.test('audio comes back for everybody after each worker was killed, and nobody leaves', async t => {
  const address = await goLive(host, 'A show on two workers')
  await joinShow(guest, address)
  await joinShow(listener, address)
  await bringOnStage(host, guest, 'Guest')
  await waitUntilHears(listener, ({ streams }) => streams === 2)
  t.equal(await countOnStage(), 2)

  const workers = await childrenOf(server.pid, 'mediasoup-worker')
  t.equal(workers.length, 2)
  for (const pid of workers) {
    process.kill(pid, 'SIGKILL')
    await Promise.all([
      waitUntilHearsSteadily(host, 1),
      waitUntilHearsSteadily(guest, 1),
      waitUntilHearsSteadily(listener, 2)
    ])
    t.equal(await countOnStage(), 2, 'the same people are on stage')
  }
})
