import fc from 'fast-check'
import ICAL from 'ical.js'
import t from 'tap'
import { Value } from 'typebox/value'
import { Show } from '../../../../contract/shows.ts'
import { Description, Title } from '../../../../contract/text.ts'
import { defaultSettings } from '../../../../contract/settings.ts'
import { calendarOf } from '../../../../plugins/app/notifications/calendars/calendar-text.ts'
import { startApp } from '../../../realtime/real-app.ts'
import { createUserRequests } from '../../../routes/users/user-requests.ts'
import type { TestUser } from '../../../users.ts'

const { app, url } = await startApp(t, { AUTH_GUESTS: 'on' })
const { send, signInPeople, signInGuest } = createUserRequests(url)
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

/** Reads a calendar with another implementation than the one that wrote it. */
function eventsOf(text: string): ICAL.Event[] {
  const calendar = new ICAL.Component(ICAL.parse(text))
  return calendar.getAllSubcomponents('vevent').map(event => new ICAL.Event(event))
}

async function plan(person: TestUser, title: string, fields: object = {}): Promise<string> {
  const { status, body } = await send<{ id: string }>(person, 'POST', '/v1/shows', { title, ...fields })
  t.equal(status, 201)
  return body.id
}

async function feedOf(person: TestUser): Promise<string> {
  const { body } = await send<{ url: string }>(person, 'PUT', '/v1/users/me/calendar')
  return body.url
}

t.test('the calendar of a creator has their public shows with a time, and no others', async t => {
  const [creator, other] = (await signInPeople(2)) as [TestUser, TestUser]
  const startsAt = inDays(2)
  const id = await plan(creator, 'Songs, from; the kitchen\\', { startsAt, description: 'One\nTwo' })
  await plan(creator, 'Undated')
  for (const visibility of ['unlisted', 'private']) await plan(creator, visibility, { startsAt, visibility })
  await plan(other, 'Of another creator', { startsAt })
  const address = `${url}/v1/users/${creator.id}/shows.ics`
  const response = await fetch(address)
  t.equal(response.headers.get('content-type'), 'text/calendar; charset=utf-8')
  t.equal(response.headers.get('cache-control'), 'public, max-age=300')
  const [event, ...more] = eventsOf(await response.text())
  t.same(more, [])
  t.equal(event?.uid, `${id}@${new URL(url).host}`)
  t.equal(event?.summary, 'Songs, from; the kitchen\\ (Person 0)')
  t.equal(event?.description, `One\nTwo\n\n${url}/shows/${id}`)
  t.equal(event?.startDate.toJSDate().getTime(), Math.floor(Date.parse(startsAt) / 1000) * 1000)

  const etag = response.headers.get('etag') ?? ''
  const headers = { 'if-none-match': etag }
  t.equal((await fetch(address, { headers })).status, 304, 'nothing has changed')
  await send(creator, 'PATCH', `/v1/shows/${id}`, { title: 'Renamed' })
  const changed = await fetch(address, { headers })
  t.equal(changed.status, 200)
  t.match(eventsOf(await changed.text())[0], { uid: event?.uid, summary: /Renamed/ })
  t.equal((await fetch(`${url}/v1/users/nobody/shows.ics`)).status, 404)
})

t.test('a show on air stays in the calendar, and an ended one leaves it', async t => {
  const [creator] = (await signInPeople(1)) as [TestUser]
  const id = await plan(creator, 'On air')
  await send(creator, 'POST', `/v1/shows/${id}/start`)
  const count = async () => eventsOf(await (await fetch(`${url}/v1/users/${creator.id}/shows.ics`)).text()).length
  t.equal(await count(), 1)
  await send(creator, 'POST', `/v1/shows/${id}/end`)
  t.equal(await count(), 0)
})

t.test('a personal feed has the public shows of followed people, until it is revoked', async t => {
  const [person, followed, stranger] = (await signInPeople(3)) as [TestUser, TestUser, TestUser]
  const startsAt = inDays(1)
  await plan(followed, 'Followed', { startsAt })
  await plan(followed, 'Hidden', { startsAt, visibility: 'private' })
  await plan(stranger, 'Strange', { startsAt })
  await send(person, 'PUT', `/v1/users/${followed.id}/follow`)
  t.same((await send(person, 'GET', '/v1/users/me/calendar')).body, { createdAt: null })
  const address = await feedOf(person)
  t.match((await send(person, 'GET', '/v1/users/me/calendar')).body, { createdAt: /^20/ })
  t.notMatch(JSON.stringify((await send(person, 'GET', '/v1/users/me/calendar')).body), 'key=')
  const response = await fetch(address)
  t.equal(response.headers.get('cache-control'), 'private, max-age=300')
  t.same(
    eventsOf(await response.text()).map(({ summary }) => summary),
    ['Followed (Person 1)']
  )
  const stored = await app.db.collection<{ _id: string }>('calendarFeeds').findOne({ _id: person.id })
  t.notOk(JSON.stringify(stored).includes(new URL(address).searchParams.get('key') ?? ''), 'the store has a hash only')

  const next = await feedOf(person)
  t.not(next, address)
  t.equal((await fetch(address)).status, 404, 'the old address has stopped working')
  t.equal((await fetch(next)).status, 200)
  await app.suspensions.add(person.id, 'rude')
  t.equal((await fetch(next)).status, 404, 'a suspended person has no feed')
  await app.suspensions.remove(person.id)
  await send(followed, 'PUT', `/v1/users/me/blocks/${person.id}`)
  t.same(eventsOf(await (await fetch(next)).text()), [], 'who is blocked follows no more')
  await send(person, 'DELETE', '/v1/users/me/calendar')
  t.equal((await fetch(next)).status, 404, 'revoked')
  const last = await feedOf(person)
  t.equal((await send(person, 'DELETE', '/v1/users/me')).status, 204)
  t.equal((await fetch(last)).status, 404, 'the account is erased')
  t.equal((await send(await signInGuest(), 'PUT', '/v1/users/me/calendar')).status, 403)
})

t.test('the calendar of a creator has the planned date of a show that repeats, and the next one after it', async t => {
  const [creator] = (await signInPeople(1)) as [TestUser]
  const first = new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 86_400_000)
  const repeat = { rule: 'FREQ=DAILY', timeZone: 'UTC' }
  const id = await plan(creator, 'Daily', { startsAt: first.toISOString(), repeat })
  const read = async () => {
    const events = eventsOf(await (await fetch(`${url}/v1/users/${creator.id}/shows.ics`)).text())
    return events.map(({ uid, startDate }) => ({ uid, at: startDate.toJSDate().toISOString() }))
  }
  t.match(await read(), [{ uid: `${id}@${new URL(url).host}`, at: first.toISOString() }])
  await send(creator, 'DELETE', `/v1/shows/${id}`)
  const [next, ...more] = await read()
  t.same(more, [])
  t.equal(next?.at, new Date(first.getTime() + 86_400_000).toISOString())
})

t.test('any texts of shows can be read by another implementation', async () => {
  const valid = (schema: typeof Title) =>
    fc
      .string({ unit: fc.oneof(fc.constantFrom(',', ';', ':', '"', '\\', '\n', 'é', '😀', '🎧'), fc.string()) })
      .filter(text => Value.Check(schema, text) && text === text.trim())
  fc.assert(
    fc.property(valid(Title), valid(Description), (title, description) => {
      const oneLine = title.replaceAll(/\p{Cc}/gu, ' ')
      const show: Show = {
        id: 'a',
        creator: { id: 'c', displayName: 'Creator', avatarUrl: null },
        title: oneLine,
        description: description.replaceAll(/(?!\n)\p{Cc}/gu, ' '),
        tags: [],
        status: 'scheduled',
        visibility: 'public',
        settings: defaultSettings,
        startsAt: '2027-03-01T19:00:00.000Z',
        startedAt: null,
        endedAt: null,
        endReason: null,
        listenerCount: 0,
        peakListeners: 0,
        totalListeners: 0,
        version: 1,
        createdAt: '2027-02-01T19:00:00.000Z',
        updatedAt: '2027-02-01T19:00:00.000Z'
      }
      const calendar = { name: oneLine, shows: [show], publicUrl: 'https://radio.example' }
      const { text } = calendarOf(calendar)
      const [event] = eventsOf(text)
      return (
        event?.summary === `${oneLine} (Creator)` &&
        event.description.startsWith(show.description) &&
        text.split('\r\n').every(line => Buffer.byteLength(line) <= 75) &&
        calendarOf(calendar).text === text
      )
    })
  )
})

t.test('a new address counts as an edit', async t => {
  const { app: strict, url: strictUrl } = await startApp(t, { LIMIT_EDITS_PER_MINUTE: '2' })
  t.equal(strict.config.LIMIT_EDITS_PER_MINUTE, 2)
  const requests = createUserRequests(strictUrl)
  const [fan] = await requests.signInPeople(1)
  const put = async () => (await requests.send(fan ?? null, 'PUT', '/v1/users/me/calendar')).status
  t.same([await put(), await put(), await put()], [200, 200, 429])
})

t.test('a comma in the name of a calendar stays as it is', async t => {
  const lines = calendarOf({ name: 'Music, talk', shows: [], publicUrl: 'https://radio.example' }).text.split('\r\n')
  t.ok(lines.includes('X-WR-CALNAME:Music, talk'), 'as most readers show it')
})
