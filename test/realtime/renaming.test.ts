import t from 'tap'
import type { StageMember } from '../../contract/snapshot.ts'
import { enter, goLive, takeFloor } from '../people.ts'
import { startApp, until } from './real-app.ts'

const { app, url } = await startApp(t)

const named = (people: readonly Pick<StageMember, 'userId' | 'displayName'>[], id: string) =>
  people.find(({ userId }) => userId === id)?.displayName

t.test('who takes another name has it at once where they are on stage, for everybody', async t => {
  const { creator, seat: host, showId } = await goLive(url)
  const { person: speaker, seat } = await enter(url, showId, 'Speaker')
  const { seat: listener } = await enter(url, showId)
  await takeFloor(host, seat)
  await speaker.rest('PATCH', '/v1/users/me', { displayName: '  New name ' })
  t.same((await listener.happened('stage:renamed')).event, {
    type: 'stage:renamed',
    userId: speaker.id,
    displayName: 'New name',
    avatarUrl: null
  })
  await creator.rest('PATCH', '/v1/users/me', { displayName: 'New host' })
  await listener.happened('stage:renamed', event => 'userId' in event && event.userId === creator.id)
  const {
    snapshot: { stage }
  } = await listener.ask('show:resync', {})
  t.same([named(stage, speaker.id), named(stage, creator.id)], ['New name', 'New host'])
  t.equal(listener.queueEvents.length, 0)

  await app.users.setAvatar(speaker.id, '/v1/avatars/picture')
  t.same(
    (await listener.happened('stage:renamed', event => 'avatarUrl' in event && event.avatarUrl !== null)).event,
    { type: 'stage:renamed', userId: speaker.id, displayName: 'New name', avatarUrl: '/v1/avatars/picture' },
    'also another picture: the one before is not there any more'
  )

  const before = listener.roomEvents.length
  await speaker.rest('PATCH', '/v1/users/me', { displayName: 'New name', bio: 'Somebody' })
  await speaker.rest('PATCH', '/v1/users/me', { bio: 'Somebody else' })
  await listener.ask('show:resync', {})
  t.equal(listener.roomEvents.length, before, 'nobody is told of what is as it was')
})

t.test('who waits or is invited has the new name for the hosts, and they themselves', async t => {
  const { seat: host, showId } = await goLive(url)
  const { person: asker, seat: asking } = await enter(url, showId, 'Asker')
  const { person: guest, seat: invited } = await enter(url, showId, 'Invited')
  await asking.ask('speak:request', {})
  await host.ask('speak:invite', { userId: guest.id })
  for (const { rest } of [asker, guest]) await rest('PATCH', '/v1/users/me', { displayName: 'Renamed' })
  for (const { id } of [asker, guest]) {
    await host.happened('speak:renamed', event => 'userId' in event && event.userId === id)
  }
  const { snapshot } = await host.ask('show:resync', {})
  t.same([named(snapshot.queue, asker.id), named(snapshot.invited, guest.id)], ['Renamed', 'Renamed'])
  t.match((await asking.happened('speak:renamed')).event, { userId: asker.id, displayName: 'Renamed' })
  t.match((await invited.happened('speak:renamed')).event, { userId: guest.id })
  t.equal(
    asking.queueEvents.some(({ event }) => event.userId === guest.id),
    false,
    "others' names are not theirs to know"
  )
})

t.test('what somebody does after taking another name is done under it, from the socket they have', async t => {
  const { creator, seat: host, showId } = await goLive(url)
  const { person, seat } = await enter(url, showId, 'Old name')
  const other = await person.connect()
  await person.rest('PATCH', '/v1/users/me', { displayName: 'New name' })
  t.equal((await seat.ask('comment:send', { clientId: 'c1', text: 'Hello' })).comment.author.displayName, 'New name')
  await until(async () => {
    const { items } = await creator.rest<{ items: { id: string; displayName: string }[] }>(
      'GET',
      `/v1/shows/${showId}/members`
    )
    return items.some(({ id, displayName }) => id === person.id && displayName === 'New name')
  })
  t.equal(
    host.roomEvents.some(({ event }) => event.type === 'stage:renamed'),
    false,
    'of somebody in the audience not everybody is told'
  )
  await other.join(showId)
  await other.ask('speak:request', {})
  t.match((await host.happened('speak:requested')).event, { userId: person.id, displayName: 'New name' })
})
