import t from 'tap'
import type { CreatorAnalytics } from '../../contract/analytics.ts'
import type { Page } from '../../contract/paging.ts'
import type { ShowDecision } from '../../contract/moderation.ts'
import type { Show } from '../../contract/shows.ts'
import { startServer } from '../server-process.ts'
import { goLive, joinShow, signIn, type ShowClient } from '../users.ts'
import { until } from './real-app.ts'

const server = await startServer({ MEDIA_WORKERS: '1' })
t.teardown(async () => await server.close())

/** Opens a show with a co-host to whom it was handed over. */
async function openHandedOver() {
  const { creator, client: host, showId } = await goLive(server.url)
  const { user, client } = await joinShow(server.url, showId, 'Co-host')
  await host.request('cohost:set', { userId: user.id, cohost: true })
  await host.request('show:handOver', { userId: user.id })
  return { creator, host, showId, user, client }
}

const isEvent =
  (type: string) =>
  ({ roomEvents }: ShowClient) =>
    roomEvents.some(({ event }) => event.type === type)

t.test('the creator hands the show over, leaves and comes back as a co-host, and the new owner ends it', async t => {
  const { creator, host, showId, user, client } = await openHandedOver()
  t.match((await host.waitForEvent('show:handedOver')).event, { userId: user.id, by: creator.id })
  t.match(await host.request('show:resync', {}), { snapshot: { ownerId: user.id, me: { role: 'cohost' } } })
  t.equal(await host.requestError('show:announce', { text: 'Hello' }), 'FORBIDDEN')
  await client.request('show:announce', { text: 'Hello' })
  await host.request('show:leave', {})
  t.match((await client.waitForEvent('stage:left')).event, { userId: creator.id, reason: 'left' })

  const back = await creator.connect()
  t.match(await back.join(showId), { status: 'live', creatorId: creator.id, ownerId: user.id, me: { role: 'cohost' } })
  t.match(await back.request('speak:request', {}), { requestId: 'granted' })
  await t.rejects(creator.rest('POST', `/v1/shows/${showId}/end`), /403/)
  const ended = await user.rest<Show>('POST', `/v1/shows/${showId}/end`)
  t.match(ended, { status: 'ended', endReason: 'ended', creator: { id: creator.id } }, 'the record stays the creator’s')
  t.notOk([client, back].some(isEvent('show:interrupted')))
  t.match(await creator.rest<CreatorAnalytics>('GET', '/v1/users/me/analytics'), { items: [{ showId }] })
  t.match(await user.rest<CreatorAnalytics>('GET', '/v1/users/me/analytics'), { items: [] })
  const { items } = await creator.rest<Page<ShowDecision>>('GET', `/v1/shows/${showId}/decisions`)
  t.match(items[0], { type: 'handedOver', by: { id: creator.id }, user: { id: user.id } })
})

t.test('a show waits for its owner, and goes back to the creator when the owner is gone', async t => {
  const { creator, host, showId, user, client } = await openHandedOver()
  client.disconnect()
  await host.waitForEvent('show:interrupted')
  await creator.rest('PUT', `/v1/users/me/blocks/${user.id}`)
  const isBack = (event: { userId?: string }) => event.userId === creator.id
  const { event } = await host.waitForEvent('show:handedOver', event => 'userId' in event && isBack(event))
  t.match(event, { userId: creator.id, by: null })
  await host.waitForEvent('show:resumed')
  const { snapshot } = await host.request('show:resync', {})
  t.match(snapshot, { status: 'live', cohostIds: [], me: { role: 'creator' } })
  t.notOk('ownerId' in snapshot)
  t.match(await creator.rest('POST', `/v1/shows/${showId}/end`), { status: 'ended' })
})

t.test('the creator ends the show while its owner is away', async t => {
  const { creator, host, showId, user, client } = await openHandedOver()
  await host.request('show:leave', {})
  await t.rejects(creator.rest('POST', `/v1/shows/${showId}/end`), /403/)
  client.disconnect()
  await until(async () => (await creator.rest<Show>('GET', `/v1/shows/${showId}`)).status === 'interrupted')
  await t.rejects((await signIn(server.url, 'Other')).rest('POST', `/v1/shows/${showId}/end`), /403/)
  t.match(await creator.rest('POST', `/v1/shows/${showId}/end`), { status: 'ended', endReason: 'ended' })
  await t.rejects(user.rest('POST', `/v1/shows/${showId}/end`), /403|409/)
})

t.test('a show ends when its owner erases the account while the creator is away', async t => {
  const { host, creator, showId, user } = await openHandedOver()
  await host.request('show:leave', {})
  await user.rest('DELETE', '/v1/users/me')
  await until(async () => (await creator.rest<Show>('GET', `/v1/shows/${showId}`)).status === 'ended')
  t.match(await creator.rest<Show>('GET', `/v1/shows/${showId}`), { endReason: 'creatorLeft' })
})

t.test('the owner runs the show after the server was killed', async t => {
  const { creator, showId, user } = await openHandedOver()
  await server.stop('SIGKILL')
  await server.restart()
  const back = await creator.connect()
  t.match(await back.join(showId), { status: 'interrupted', ownerId: user.id, me: { role: 'cohost' } })
  const owner = await user.connect()
  t.match(await owner.join(showId), { status: 'live', ownerId: user.id, me: { role: 'creator' } })
  await owner.request('show:handOver', { userId: creator.id })
  t.match((await back.request('show:resync', {})).snapshot, { status: 'live', me: { role: 'creator' } })
  t.match(await creator.rest('POST', `/v1/shows/${showId}/end`), { status: 'ended' })
})
