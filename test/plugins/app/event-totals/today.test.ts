import t from 'tap'
import type { LiveValues } from '../../../../contract/live.ts'
import type { Show } from '../../../../contract/shows.ts'
import { until } from '../../../realtime/cluster/until.ts'
import { startServer } from '../../../server-process.ts'
import { call, signIn } from '../../../users.ts'

t.test('GET /v1/live has the counts of today, also after a restart', async t => {
  const server = await startServer()
  t.teardown(async () => await server.close())
  const creator = await signIn(server.url, 'Ana')
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'A show', settings: {} })
  await creator.rest('POST', `/v1/shows/${showId}/start`)
  const startedShows = async () => (await call<LiveValues>(server.url, 'GET', '/v1/live')).today?.showsStarted
  await until(async () => (await startedShows()) === 1)

  await server.stop('SIGTERM')
  await server.restart()
  await until(async () => (await startedShows()) === 1)
})
