import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Show } from '../../../../contract/shows.ts'
import { connectClient, joinShow, goLive, signIn } from '../../../users.ts'
import { startApp, until } from '../../../realtime/real-app.ts'

const DATA_DIR = await mkdtemp(join(tmpdir(), 'ambient-visitors-'))
t.teardown(async () => await rm(DATA_DIR, { recursive: true, force: true }))

t.test('a listener is counted once, also after a restart of the server', async t => {
  const first = await startApp(t, { DATA_DIR })
  const { creator, client, showId } = await goLive(first.url)
  const people = [
    await joinShow(first.url, showId, 'One'),
    await joinShow(first.url, showId, 'Two'),
    await joinShow(first.url, showId, 'Three')
  ]
  const countsOf = async (app: typeof first.app) => {
    const { listenerCount, peakListeners, totalListeners } = await app.shows.get(showId, creator.id)
    return { listenerCount, peakListeners, totalListeners }
  }
  await until(async () => (await countsOf(first.app)).totalListeners === 3)
  for (const { client } of people.slice(0, 2)) client.disconnect()
  await until(async () => (await countsOf(first.app)).listenerCount === 1)
  for (const { client } of people.slice(2)) client.disconnect()
  client.disconnect()
  await first.app.close()

  const second = await startApp(t, { DATA_DIR })
  const stored = async () =>
    await second.app.db.collection<{ _id: string; listenerCount: number }>('shows').findOne({ _id: showId })
  t.equal((await stored())?.listenerCount, 0, 'nobody is connected after a restart')
  const returning = await connectClient(second.url, people[0]!.user.token)
  await returning.join(showId)
  const { client: fourth, user } = await joinShow(second.url, showId, 'Four')
  await until(async () => (await countsOf(second.app)).totalListeners === 4)
  t.strictSame(await countsOf(second.app), { listenerCount: 2, peakListeners: 3, totalListeners: 4 })
  t.equal(await second.app.db.collection('showVisitors').countDocuments({ showId }), 4)

  const keeper = second.app.personalData.keepers().get('showVisitors')!
  const exported = []
  for await (const record of keeper.export(user.id)) exported.push(record)
  t.match(exported, [{ showId }])
  await keeper.erase(user.id)
  t.equal(await second.app.db.collection('showVisitors').countDocuments({ userId: user.id }), 0)
  t.equal((await countsOf(second.app)).totalListeners, 4, 'the count of listeners stays')

  returning.disconnect()
  fourth.disconnect()
  const ended = await second.app.shows.end(showId, creator.id)
  t.match(ended, { status: 'ended', listenerCount: 0, peakListeners: 3, totalListeners: 4 })
})

t.test("a person's shows are exported and erased", async t => {
  const { app, url } = await startApp(t)
  const creator = await signIn(url, 'Creator')
  const { id } = await creator.rest<Show>('POST', '/v1/shows', { title: 'Mine', description: 'A description' })
  const other = await signIn(url, 'Other')
  const { id: otherShowId } = await other.rest<Show>('POST', '/v1/shows', { title: 'Theirs' })
  await creator.rest('POST', `/v1/shows/${id}/invitations`, {})
  const keeper = app.personalData.keepers().get('shows')!
  const exported = []
  for await (const record of keeper.export(creator.id)) exported.push(record)
  t.match(exported, [{ id, title: 'Mine', description: 'A description' }])
  await keeper.erase(creator.id)
  await keeper.erase(creator.id)
  await t.rejects(app.shows.get(id, creator.id), { code: 'NOT_FOUND' })
  t.equal(await app.db.collection('showInvitations').countDocuments({ showId: id }), 0)
  t.match(await app.shows.get(otherShowId, null), { title: 'Theirs' })
})
