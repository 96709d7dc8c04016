import t from 'tap'
import type { StageMember } from '../../contract/snapshot.ts'
import { joinShow, goLive, grantFloor } from '../users.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t)

const named = (people: readonly Pick<StageMember, 'userId' | 'displayName'>[], id: string) =>
  people.find(({ userId }) => userId === id)?.displayName

t.test('who takes another name has it at once where they are on stage, for everybody', async t => {
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
  t.same([named(stage, speaker.id), named(stage, creator.id)], ['New name', 'New host'])
  t.equal(listener.queueEvents.length, 0)

  await app.users.setAvatar(speaker.id, '/v1/avatars/picture')
  t.same(
    (await listener.waitForEvent('stage:renamed', event => 'avatarUrl' in event && event.avatarUrl !== null)).event,
    { type: 'stage:renamed', userId: speaker.id, displayName: 'New name', avatarUrl: '/v1/avatars/picture' },
    'also another picture: the one before is not there any more'
  )

  const before = listener.roomEvents.length
  await speaker.rest('PATCH', '/v1/users/me', { displayName: 'New name', bio: 'Somebody' })
  await speaker.rest('PATCH', '/v1/users/me', { bio: 'Somebody else' })
  await listener.request('show:resync', {})
  t.equal(listener.roomEvents.length, before, 'nobody is told of what is as it was')
})

t.test('who waits or is invited has the new name for the hosts, and they themselves', async t => {
  const { client: host, showId } = await goLive(url)
  const { user: asker, client: asking } = await joinShow(url, showId, 'Asker')
  const { user: guest, client: invited } = await joinShow(url, showId, 'Invited')
  await asking.request('speak:request', {})
  await host.request('speak:invite', { userId: guest.id })
  for (const { rest } of [asker, guest]) await rest('PATCH', '/v1/users/me', { displayName: 'Renamed' })
  for (const { id } of [asker, guest]) {
    await host.waitForEvent('speak:renamed', event => 'userId' in event && event.userId === id)
  }
  const { snapshot } = await host.request('show:resync', {})
  t.same([named(snapshot.queue, asker.id), named(snapshot.invited, guest.id)], ['Renamed', 'Renamed'])
  t.match((await asking.waitForEvent('speak:renamed')).event, { userId: asker.id, displayName: 'Renamed' })
  t.match((await invited.waitForEvent('speak:renamed')).event, { userId: guest.id })
  t.equal(
    asking.queueEvents.some(({ event }) => event.userId === guest.id),
    false,
    "others' names are not theirs to know"
  )
})

t.test('what somebody does after taking another name is done under it, from the socket they have', async t => {
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
    'of somebody in the audience not everybody is told'
  )
  await other.join(showId)
  await other.request('speak:request', {})
  t.match((await host.waitForEvent('speak:requested')).event, { userId: user.id, displayName: 'New name' })
})
