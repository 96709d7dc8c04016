import t from 'tap'
import type { StageMember } from '../../contract/snapshot.ts'
import { joinShow, goLive, grantFloor } from '../users.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t)

const nameOf = (people: readonly Pick<StageMember, 'userId' | 'displayName'>[], id: string) =>
  people.find(({ userId }) => userId === id)?.displayName

t.test('a new name or picture of a speaker is sent to all members at once', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { user: speaker, client } = await joinShow(url, showId, 'Speaker')
  const { client: listener } = await joinShow(url, showId)
  await grantFloor(host, client)
  await speaker.rest('PATCH', '/v1/users/me', { displayName: '  New name ' })
  t.same((await listener.waitForEvent('stage:renamed')).event, {
    type: 'stage:renamed',
    userId: speaker.id,
    displayName: 'New name',
    avatarUrl: null
  })
  await creator.rest('PATCH', '/v1/users/me', { displayName: 'New host' })
  await listener.waitForEvent('stage:renamed', event => 'userId' in event && event.userId === creator.id)
  const {
    snapshot: { stage }
  } = await listener.request('show:resync', {})
  t.same([nameOf(stage, speaker.id), nameOf(stage, creator.id)], ['New name', 'New host'])
  t.equal(listener.queueEvents.length, 0)

  await app.users.setAvatar(speaker.id, '/v1/avatars/picture')
  t.same(
    (await listener.waitForEvent('stage:renamed', event => 'avatarUrl' in event && event.avatarUrl !== null)).event,
    { type: 'stage:renamed', userId: speaker.id, displayName: 'New name', avatarUrl: '/v1/avatars/picture' },
    'a new picture is sent, because the URL of the old one is gone'
  )

  const before = listener.roomEvents.length
  await speaker.rest('PATCH', '/v1/users/me', { displayName: 'New name', bio: 'Somebody' })
  await speaker.rest('PATCH', '/v1/users/me', { bio: 'Somebody else' })
  await listener.request('show:resync', {})
  t.equal(listener.roomEvents.length, before, 'an unchanged name is not sent')
})

t.test('a new name of a person in the queue or guestClient is sent to hosts and to that person', async t => {
  const { client: host, showId } = await goLive(url)
  const { user: requester, client: requesterClient } = await joinShow(url, showId, 'Asker')
  const { user: guest, client: guestClient } = await joinShow(url, showId, 'Invited')
  await requesterClient.request('speak:request', {})
  await host.request('speak:invite', { userId: guest.id })
  for (const { rest } of [requester, guest]) await rest('PATCH', '/v1/users/me', { displayName: 'Renamed' })
  for (const { id } of [requester, guest]) {
    await host.waitForEvent('speak:renamed', event => 'userId' in event && event.userId === id)
  }
  const { snapshot } = await host.request('show:resync', {})
  t.same([nameOf(snapshot.queue, requester.id), nameOf(snapshot.invited, guest.id)], ['Renamed', 'Renamed'])
  t.match((await requesterClient.waitForEvent('speak:renamed')).event, { userId: requester.id, displayName: 'Renamed' })
  t.match((await guestClient.waitForEvent('speak:renamed')).event, { userId: guest.id })
  t.equal(
    requesterClient.queueEvents.some(({ event }) => event.userId === guest.id),
    false,
    'a listener receives no names of other listeners'
  )
})

t.test('commands of a connected socket have the new name of its user', async t => {
  const { creator, client: host, showId } = await goLive(url)
  const { user, client } = await joinShow(url, showId, 'Old name')
  const other = await user.connect()
  await user.rest('PATCH', '/v1/users/me', { displayName: 'New name' })
  t.equal(
    (await client.request('comment:send', { clientId: 'c1', text: 'Hello' })).comment.author.displayName,
    'New name'
  )
  await until(async () => {
    const { items } = await creator.rest<{ items: { id: string; displayName: string }[] }>(
      'GET',
      `/v1/shows/${showId}/members`
    )
    return items.some(({ id, displayName }) => id === user.id && displayName === 'New name')
  })
  t.equal(
    host.roomEvents.some(({ event }) => event.type === 'stage:renamed'),
    false,
    'a new name of a listener is not sent to all'
  )
  await other.join(showId)
  await other.request('speak:request', {})
  t.match((await host.waitForEvent('speak:requested')).event, { userId: user.id, displayName: 'New name' })
})
