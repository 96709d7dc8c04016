import t from 'tap'
import { until, startApp } from '../../realtime/real-app.ts'
import { goLive, joinShow, signIn } from '../../users.ts'
import { sendShowRequest as send } from './send-show-request.ts'

const { app, url } = await startApp(t)
const dayMs = 86_400_000
const creator = await signIn(url, 'Creator')

/** The tags in use, read from the store: the list of the server may be five seconds old. */
async function tagsInUse(): Promise<Record<string, number>> {
  const { createTagsInUse } = await import('../../../plugins/app/shows/tags-in-use.ts')
  const tags = await createTagsInUse(app.db.collection('shows'), Date.now)()
  return Object.fromEntries(tags.map(({ tag, shows }) => [tag, shows]))
}

t.test('tags are stored in one form, each once', async t => {
  const tags = ['#Jazz', ' jazz ', 'Cafe\u0301  au,lait', '##Ünder', '音楽']
  const { status, body } = await send(url, creator, 'POST', '/', { title: 'Tagged', tags })
  t.equal(status, 201)
  t.strictSame(body.tags, ['jazz', 'café au lait', 'ünder', '音楽'])
  const { body: renamed } = await send(url, creator, 'PATCH', `/${body.id}`, { title: 'Renamed' })
  t.strictSame(renamed.tags, body.tags, 'an edit of the title leaves them')
  const { body: cleared } = await send(url, creator, 'PATCH', `/${body.id}`, { tags: [] })
  t.strictSame(cleared.tags, [])
  const { body: plain } = await send(url, creator, 'POST', '/', { title: 'Plain' })
  t.strictSame(plain.tags, [])
})

t.test('tags have limits', async t => {
  const refused = [
    ['a', 'b', 'c', 'd', 'e', 'f'],
    ['x'.repeat(31)],
    [''],
    ['#'],
    [' , # '],
    ['#\u200b'],
    ['#\u3164'],
    ['#\u0301'],
    ['a\u0000'],
    [1],
    'jazz'
  ]
  for (const tags of refused) {
    const { status, body } = await send(url, creator, 'POST', '/', { title: 'Refused', tags })
    t.match([status, body.code], [400, 'VALIDATION'], JSON.stringify(tags))
  }
  t.equal((await send(url, null, 'GET', '/?tag=%23')).status, 400)
  t.equal((await send(url, null, 'GET', `/?tag=${'x'.repeat(31)}`)).status, 400)
})

t.test('shows are found by a tag, and the search finds words of tags', async t => {
  const { body: show } = await send(url, creator, 'POST', '/', { title: 'Night', tags: ['Found Sound'] })
  for (const query of ['tag=found%20sound', 'tag=%23FOUND%20%20Sound', 'q=sound']) {
    const { body } = await send(url, null, 'GET', `/?${query}`)
    t.strictSame(
      body.items.map(({ id }: { id: string }) => id),
      [show.id],
      query
    )
  }
  t.strictSame((await send(url, null, 'GET', '/?tag=found')).body.items, [], 'a tag is matched as a whole')
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ shows(first: 5, tag: "#Found sound") { edges { node { id tags } } } }' })
  })
  const node = { id: show.id, tags: ['found sound'] }
  t.strictSame(await response.json(), { data: { shows: { edges: [{ node }] } } }, 'also in GraphQL')
  await send(url, creator, 'PATCH', `/${show.id}`, { visibility: 'unlisted' })
  t.strictSame((await send(url, null, 'GET', '/?tag=found%20sound')).body.items, [])
})

t.test('the list of tags has those of public live and planned shows only', async t => {
  const planned = { startsAt: new Date(Date.now() + dayMs).toISOString() }
  for (const [visibility, tag] of [
    ['public', 'open'],
    ['unlisted', 'hidden by link'],
    ['private', 'hidden by invitation']
  ]) {
    await send(url, creator, 'POST', '/', { title: 'Planned', visibility, tags: [tag, 'shared'], ...planned })
  }
  const { body: live } = await send(url, creator, 'POST', '/', { title: 'Live', tags: ['on air', 'shared'] })
  await send(url, creator, 'POST', `/${live.id}/start`)
  const tags = await tagsInUse()
  t.match(tags, { open: 1, 'on air': 1, shared: 2 })
  t.notOk('hidden by link' in tags)
  t.notOk('hidden by invitation' in tags)
  await send(url, creator, 'POST', `/${live.id}/end`)
  await until(async () => !('on air' in (await tagsInUse())))
  t.match(await tagsInUse(), { shared: 1 })
  const answer = await fetch(`${url}/v1/tags`)
  t.equal(answer.status, 200)
  t.match(await answer.json(), { items: Array })
})

t.test('everybody in a live show sees new tags at once, and who joins later too', async t => {
  const { creator, client, showId } = await goLive(url)
  const { client: listener } = await joinShow(url, showId)
  await send(url, creator, 'PATCH', `/${showId}`, { tags: ['Breaking'] })
  await until(() => listener.roomEvents.some(({ event }) => event.type === 'show:changed'))
  t.match(listener.roomEvents.find(({ event }) => event.type === 'show:changed')?.event, { tags: ['breaking'] })
  t.strictSame((await listener.request('show:resync', {})).snapshot.tags, ['breaking'])
  const late = await (await signIn(url, 'Late')).connect()
  t.strictSame((await late.join(showId)).tags, ['breaking'])
  for (const each of [client, listener, late]) each.disconnect()
})
