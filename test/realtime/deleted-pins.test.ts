import t from 'tap'
import { goLive, joinShow } from '../users.ts'
import { listLog } from './cluster/acknowledged.ts'
import { sendComment } from './comment-steps.ts'
import { startApp } from './real-app.ts'

const { app, url } = await startApp(t)

t.test('the log of a show does not keep the text of a pinned comment that is deleted', async t => {
  const { client: host, showId } = await goLive(url)
  const { client: writer } = await joinShow(url, showId, 'Writer')
  t.teardown(() => [host, writer].forEach(client => client.disconnect()))
  const [first, second] = [await sendComment(writer, 'c1', 'Unwanted'), await sendComment(writer, 'c2', 'Welcome')]
  for (const { id: commentId } of [first, second]) await host.request('comment:pin', { commentId })
  const log = async () => JSON.stringify(await listLog(app.records, showId))
  t.match(await log(), /Unwanted.*Welcome/)
  await host.request('comment:delete', { commentId: first.id })
  t.notMatch(await log(), /Unwanted/)
  t.match(await log(), /Welcome/)
})
