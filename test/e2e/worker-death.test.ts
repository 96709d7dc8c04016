import t from 'tap'
import { childrenOf } from '../load/process-cost.ts'
import { startServer } from '../server-process.ts'
import { untilHears, untilHearsSteadily } from './hearing.ts'
import { arrive, ask, goLive, listenTo, speak } from './moves.ts'

/** Two sessions a worker: the three people of this show are spread over two workers and piped. */
const server = await startServer({ MEDIA_WORKERS: '2', MEDIA_LISTENERS_PER_WORKER: '2' })
const host = await arrive(server.url, 'Host', { frequencyHz: 440 })
const guest = await arrive(server.url, 'Guest', { frequencyHz: 880 })
const listener = await arrive(server.url, 'Listener')
t.teardown(async () => {
  await Promise.all([host, guest, listener].map(async visitor => await visitor.close()))
  await server.close()
})

const roster = async () => await listener.page.getByRole('region', { name: 'On stage' }).getByRole('listitem').count()

t.test('audio comes back for everybody after each worker is killed, and nobody leaves', async t => {
  const address = await goLive(host, 'A show on two workers')
  await listenTo(guest, address)
  await listenTo(listener, address)
  await ask(guest)
  await host.page.getByRole('button', { name: 'Accept Guest' }).click()
  await speak(guest)
  await untilHears(listener, ({ streams }) => streams === 2)
  t.equal(await roster(), 2)

  const workers = await childrenOf(server.pid, 'mediasoup-worker')
  t.equal(workers.length, 2)
  for (const pid of workers) {
    process.kill(pid, 'SIGKILL')
    await Promise.all([untilHearsSteadily(host, 1), untilHearsSteadily(guest, 1), untilHearsSteadily(listener, 2)])
    t.equal(await roster(), 2, 'the same people are on stage')
  }
})
