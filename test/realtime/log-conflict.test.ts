import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { goLive, joinShow } from '../users.ts'
import { startApp, until } from './real-app.ts'

t.test('a room whose log another writer took stops, drains its members and writes nothing more', async t => {
  const { app, url } = await startApp(t)
  const { creator, client, showId } = await goLive(url)
  const { client: listener, user } = await joinShow(url, showId)
  const reconnects: number[] = []
  listener.socket.on('session:drain', ({ reconnectAfterMs }) => reconnects.push(reconnectAfterMs))
  const events = app.db.collection<{ _id: string; showId: string; seq: number; event: object }>('showEvents')

  // Another server restores the show, and becomes its home.
  await app.eventLog.take(showId, 'other', 0, Date.now())
  const stored = await events.countDocuments({ showId })
  await t.rejects(client.request('cohost:set', { userId: user.id, cohost: true }), 'the command is not acknowledged')

  await until(() => reconnects.length === 1 && !listener.socket.connected && !client.socket.connected)
  t.ok(reconnects[0]! >= 1000)
  t.equal(await events.countDocuments({ showId }), stored, 'nothing was appended')
  t.equal((await creator.rest<Show>('GET', `/v1/shows/${showId}`)).status, 'live', 'the show was not changed')
  const again = await creator.connect()
  t.equal(await again.requestError('show:join', { showId }), 'SHOW_NOT_LIVE', 'the show is on another server')
})
