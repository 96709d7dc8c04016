import t from 'tap'
import { until } from '../realtime/real-app.ts'
import { startRealNodes } from '../realtime/cluster/real-nodes.ts'
import { getLive, untilLive, watchLive } from '../realtime/live-updates.ts'
import { goLive, joinShow, signIn } from '../users.ts'
import { checkFigure } from './figures.ts'

t.setTimeout(300_000)

const fault = 'kill -9 of a node with half of the people'

t.test('people of a killed node are no ghosts after 30 s', async t => {
  const { nodes } = await startRealNodes(t, { settings: { CREATOR_GRACE_MS: '60000' } })
  const [stays, dies] = [nodes[0]!, nodes[1]!]
  const { client: host, showId } = await goLive(stays.url)
  await joinShow(stays.url, showId)
  await joinShow(dies.url, showId)
  await joinShow(dies.url, showId)
  const lone = watchLive(dies.url, await signIn(dies.url, 'Lone'))
  const watcher = watchLive(stays.url, await signIn(stays.url, 'Watcher'))
  await untilLive(stays.url, ({ usersConnected, listeners }) => usersConnected === 6 && listeners === 3)
  dies.kill('SIGKILL')
  const killedAtMs = performance.now()
  const seen = new Set<number>()
  await until(async () => {
    const { usersConnected, listeners } = await getLive(stays.url)
    seen.add(usersConnected)
    return usersConnected === 3 && listeners === 1
  })
  const ghostsMs = performance.now() - killedAtMs
  await until(() => watcher.updates.at(-1)?.usersConnected === 3)
  t.ok(Math.min(...seen) === 3, 'those of the living node are never missing')
  t.match(await getLive(stays.url), { showsLive: 1, asOf: undefined })
  checkFigure(t, { fault, what: 'people of the dead node count for, ms', samples: [ghostsMs], limit: 30_000 })
  host.disconnect()
  watcher.disconnect()
  lone.disconnect()
})
