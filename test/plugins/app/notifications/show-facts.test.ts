import t from 'tap'
import type { Show } from '../../../../contract/shows.ts'
import type { MessageDocument } from '../../../../plugins/app/notifications/queue/documents.ts'
import { createShowFacts } from '../../../../plugins/app/notifications/show-facts.ts'
import type { ChangedShow } from '../../../../plugins/app/shows/changed-shows.ts'
import { startApp, until } from '../../../realtime/real-app.ts'
import { createUserRequests } from '../../../routes/users/user-requests.ts'
import { startPushService } from '../../../standins/push-service/server.ts'
import { signIn } from '../../../users.ts'

const people = 80

t.test('messages to many people read the show and its creator a few times', async t => {
  const service = await startPushService()
  t.teardown(async () => await service.close())
  const { app, url } = await startApp(t, { NOTIFY_PRIVATE_ADDRESSES: 'on' })
  const { send } = createUserRequests(url)
  const creator = await signIn(url, 'Creator')
  const { id: showId } = (await send<Show>(creator, 'POST', '/v1/shows', { title: 'Show' })).body
  const createdAt = new Date()
  const userIds = Array.from({ length: people }, (_, n) => `fan-${n}`)
  await app.db
    .collection<{ _id: string }>('showReminders')
    .insertMany(userIds.map(userId => Object.assign({ _id: `${showId}:${userId}` }, { showId, userId, createdAt })))
  const { key = '' } = (await send<{ key?: string }>(null, 'GET', '/v1/push/key')).body
  const { endpoint, keys } = (await service.subscribe(key)).subscription
  const signIns = app.db.collection<{ _id: string; userId: string }>('sessions')
  const signInId = (await signIns.findOne({ userId: creator.id }))?._id
  await app.db
    .collection<{ _id: string }>('pushSubscriptions')
    .insertMany(
      userIds.map(userId =>
        Object.assign({ _id: userId }, { userId, signInId, device: '', endpoint, ...keys, failures: 0, createdAt })
      )
    )
  const counts: Record<string, number> = {}
  const count = (collection: string) => {
    counts[collection] = (counts[collection] ?? 0) + 1
  }
  app.directReads?.observe(collection => {
    count(collection)
    return () => {}
  })
  app.mongo.client.on('commandStarted', ({ commandName, command }) => {
    if (commandName !== 'getMore') count(String(command[commandName]))
  })
  await send(creator, 'POST', `/v1/shows/${showId}/start`)
  const done = app.db.collection<MessageDocument>('notificationMessages')
  await until(async () => (await done.countDocuments({ showId, outcome: 'sent' })) === people)
  const all = Object.values(counts).reduce((sum, each) => sum + each, 0)
  t.comment(`${people} messages: ${counts.users} reads of users, ${counts.shows} of shows, ${all} commands in all`)
  t.ok((counts.users ?? 0) < people / 3, `${counts.users} reads of users`)
})

t.test('a show that was read before it changed is read again before somebody is not told', async t => {
  const show = { creatorId: 'creator', status: 'scheduled' } as ChangedShow
  const facts = createShowFacts({
    shows: { findFacts: async () => ({ ...show }) },
    users: { findPerson: async id => ({ id, displayName: 'Creator', avatarUrl: null }) }
  })
  t.match(await facts.find('show'), { show: { status: 'scheduled' } })
  show.status = 'live'
  t.match(await facts.find('show'), { show: { status: 'scheduled' } })
  t.match(await facts.findAgain('show'), { show: { status: 'live' } })
  t.match(await facts.find('show'), { show: { status: 'live' } })
})
