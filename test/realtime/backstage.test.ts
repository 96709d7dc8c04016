import t, { type Test } from 'tap'
import type { Show } from '../../contract/shows.ts'
import type { CreatorAnalytics } from '../../contract/analytics.ts'
import type { ShowDecision } from '../../contract/moderation.ts'
import type { Page } from '../../contract/paging.ts'
import type { Snapshot } from '../../contract/snapshot.ts'
import { signIn, type ShowClient, type TestUser } from '../users.ts'
import { startApp, until } from './real-app.ts'

const graceMs = 600

async function start(t: Test, settings: Record<string, string> = {}) {
  return await startApp(t, {
    AUTH_DEV_LOGIN: 'on',
    SPEAKER_GRACE_MS: String(graceMs),
    CREATOR_GRACE_MS: String(graceMs),
    ...settings
  })
}

async function plan(url: string, settings: object = {}) {
  const creator = await signIn(url, 'Creator')
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'Planned', settings })
  return { creator, showId }
}

/** Signs in a person whom the creator invites backstage. */
async function invite(url: string, { creator, showId }: Awaited<ReturnType<typeof plan>>, role = 'guest') {
  const user = await signIn(url, role)
  await creator.rest('PUT', `/v1/shows/${showId}/backstage/${user.id}`, { role })
  return user
}

async function joinBackstage(user: TestUser, showId: string): Promise<{ client: ShowClient; snapshot: Snapshot }> {
  const client = await user.connect()
  const { snapshot } = await client.request('show:join', { showId, backstage: true })
  return { client, snapshot }
}

const places = ({ stage }: Pick<Snapshot, 'stage'>) => stage.map(({ userId, state }) => `${userId} ${state}`)

t.test('creator, co-hosts and guests meet backstage, and going live opens the doors of the same room', async t => {
  const { url, app } = await start(t)
  const planned = await plan(url)
  const { creator, showId } = planned
  const [cohost, guest] = [await invite(url, planned, 'cohost'), await invite(url, planned)]
  const stranger = await signIn(url, 'Stranger')
  const outside = await stranger.connect()
  const before = await outside.requestRaw('show:join', { showId })
  t.match(before, { ok: false, error: { code: 'SHOW_NOT_LIVE' } })

  const own = await joinBackstage(creator, showId)
  t.match(own.snapshot, { status: 'scheduled', me: { role: 'creator' }, version: 0 })
  const other = await joinBackstage(cohost, showId)
  t.match(other.snapshot, { me: { role: 'cohost', speak: 'granted' } })
  const third = await joinBackstage(guest, showId)
  t.same(places(third.snapshot), [`${creator.id} granted`, `${cohost.id} granted`, `${guest.id} granted`])

  t.same(await outside.requestRaw('show:join', { showId }), before, 'a stranger learns nothing')
  t.same(await outside.requestRaw('show:join', { showId, backstage: true }), before)
  t.equal(await third.client.requestError('comment:send', { clientId: 'c1', text: 'Hi' }), 'SHOW_NOT_LIVE')
  t.equal(await other.client.requestError('recording:set', { on: true }), 'SHOW_NOT_LIVE')
  await third.client.request('mute:set', { userId: guest.id, muted: true })
  t.match(await creator.rest('GET', `/v1/shows/${showId}`), {
    status: 'scheduled',
    startedAt: null,
    listenerCount: 0,
    peakListeners: 0
  })
  await t.rejects(stranger.rest('GET', `/v1/shows/${showId}/people`), /SHOW_NOT_LIVE/)
  const logged = []
  for await (const { event } of app.eventLog.read(showId, 0)) logged.push(event.type)
  t.same(logged, ['home:taken'], 'nothing of this is stored')

  const live = await creator.rest<Show>('POST', `/v1/shows/${showId}/start`)
  t.match(live, { status: 'live' })
  const started = await third.client.waitForEvent('show:started')
  t.match(started, { version: 1 })
  const { snapshot } = await third.client.request('show:resync', {})
  t.match(snapshot, { status: 'live', cohostIds: [cohost.id], me: { speak: 'granted' } })
  t.same(places(snapshot), places(third.snapshot), 'everybody keeps the place')
  t.equal(snapshot.stage.find(({ userId }) => userId === guest.id)?.muted, true)
  t.match((await outside.join(showId)).stage, snapshot.stage)

  await creator.rest('POST', `/v1/shows/${showId}/end`)
  const { items } = await creator.rest<CreatorAnalytics>('GET', '/v1/users/me/analytics')
  t.match(items, [{ showId }])
  await until(async () => (await creator.rest<Show>('GET', `/v1/shows/${showId}`)).totalListeners === 3)
  const decisions = await creator.rest<Page<ShowDecision>>('GET', `/v1/shows/${showId}/decisions`)
  t.ok(decisions.items.every(({ at }) => Date.parse(at) >= Date.parse(live.startedAt ?? '')))
})

t.test('people whose invitation is withdrawn, or who are blocked, leave the backstage at once', async t => {
  const { url } = await start(t)
  const planned = await plan(url)
  const { creator, showId } = planned
  const [guest, other] = [await invite(url, planned), await invite(url, planned, 'cohost')]
  await joinBackstage(creator, showId)
  const [first, second] = [await joinBackstage(guest, showId), await joinBackstage(other, showId)]
  const removed = first.client.nextMessage('session:removed')
  await creator.rest('DELETE', `/v1/shows/${showId}/backstage/${guest.id}`)
  t.match(await removed, { ban: false })
  const removedGuest = await guest.connect()
  t.equal(await removedGuest.requestError('show:join', { showId, backstage: true }), 'SHOW_NOT_LIVE')

  await creator.rest('PUT', `/v1/shows/${showId}/backstage/${other.id}`, { role: 'guest' })
  await second.client.waitForEvent('cohost:changed', event => 'cohost' in event && !event.cohost)
  const blocked = second.client.nextMessage('session:removed')
  await creator.rest('PUT', `/v1/users/me/blocks/${other.id}`)
  await blocked
  const blockedGuest = await other.connect()
  t.equal(await blockedGuest.requestError('show:join', { showId, backstage: true }), 'SHOW_NOT_LIVE')
  await t.rejects(creator.rest('PUT', `/v1/shows/${showId}/backstage/${other.id}`, {}), /CONFLICT/)

  await creator.rest('POST', `/v1/shows/${showId}/start`)
  t.match(await removedGuest.join(showId), { status: 'live', me: { role: 'listener' } }, 'they may listen')
})

t.test('when nobody is backstage any more, the show is planned as before', async t => {
  const { url, app } = await start(t)
  const planned = await plan(url)
  const { creator, showId } = planned
  const guest = await invite(url, planned)
  const own = await joinBackstage(creator, showId)
  const other = await joinBackstage(guest, showId)
  own.client.disconnect()
  t.match((await other.client.request('show:resync', {})).snapshot, { status: 'scheduled' }, 'the guest may wait')
  await new Promise(resolve => setTimeout(resolve, 2 * graceMs))
  await other.client.request('show:leave', {})
  await until(() => app.liveShows.findStatus(showId) === undefined)
  t.match(await creator.rest('GET', `/v1/shows/${showId}`), { status: 'scheduled', endedAt: null, endReason: null })
  const again = await joinBackstage(guest, showId)
  t.same(places(again.snapshot), [`${creator.id} granted`, `${guest.id} granted`])
  const gone = again.client.nextMessage('session:removed')
  await creator.rest('DELETE', `/v1/shows/${showId}`)
  await gone
})

t.test('a creator who comes back has the place again', async t => {
  const { url, app } = await start(t, { CREATOR_GRACE_MS: '60000', SPEAKER_GRACE_MS: '60000' })
  const planned = await plan(url)
  const guest = await invite(url, planned)
  const own = await joinBackstage(planned.creator, planned.showId)
  const other = await joinBackstage(guest, planned.showId)
  await own.client.request('show:leave', {})
  t.equal(await app.liveShows.findPlace(planned.showId, planned.creator.id), undefined, 'nobody waits for them')
  const back = await joinBackstage(planned.creator, planned.showId)
  t.match(back.snapshot.stage[0], { userId: planned.creator.id, state: 'granted' })
  await other.client.request('speak:stepDown', {})
  t.match(await other.client.request('speak:request', {}), { requestId: 'granted' })
})

t.test('with setting record, the recording begins with the doors, and a guest who left is no listener', async t => {
  const { url, app } = await start(t)
  const planned = await plan(url, { record: true })
  const { creator, showId } = planned
  const [guest, early] = [await invite(url, planned), await invite(url, planned)]
  const own = await joinBackstage(creator, showId)
  await joinBackstage(guest, showId)
  await (await joinBackstage(early, showId)).client.request('show:leave', {})
  t.notOk(own.client.roomEvents.some(({ event }) => event.type === 'recording:started'))
  await creator.rest('POST', `/v1/shows/${showId}/start`)
  await own.client.waitForEvent('recording:started')
  t.match(await own.client.requestRaw('show:resync', {}), { data: { snapshot: { recording: {} } } })
  const events = []
  for await (const { event } of app.eventLog.read(showId, 0)) events.push(event.type)
  t.same(events, ['home:taken', 'show:started', 'floor:granted', 'recording:started'])
  await until(async () => (await app.shows.visitorIds(showId)).size === 1)
})

t.test('people leave the backstage of a show whose series is stopped', async t => {
  const { url } = await start(t)
  const creator = await signIn(url, 'Creator')
  const { id: showId, series } = await creator.rest<Show>('POST', '/v1/shows', {
    title: 'Weekly',
    startsAt: new Date(Date.now() + 3_600_000).toISOString(),
    repeat: { rule: 'FREQ=WEEKLY', timeZone: 'UTC' }
  })
  const guest = await invite(url, { creator, showId })
  const { client } = await joinBackstage(guest, showId)
  const gone = client.nextMessage('session:removed')
  await creator.rest('DELETE', `/v1/series/${series!.id}`)
  t.match(await gone, { ban: false })
})
