import t from 'tap'
import type { Page } from '../../contract/paging.ts'
import type { Show } from '../../contract/shows.ts'
import { signIn } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'

t.test('the shows of followed people are listed', async t => {
  const { url } = await startApp(t)
  const [reader, followed, other] = await Promise.all(
    ['Reader', 'Followed', 'Other'].map(async name => await signIn(url, name))
  )
  if (!reader || !followed || !other) throw new Error('signing in failed')
  const startsAt = '2040-01-01T00:00:00.000Z'
  const schedule = async (person: typeof reader, title: string, visibility = 'public') =>
    (await person.rest<Show>('POST', '/v1/shows', { title, startsAt, visibility })).id
  const expected = [await schedule(followed, 'One'), await schedule(followed, 'Two')].sort()
  await schedule(followed, 'Hidden', 'private')
  await schedule(other, 'Three')
  const found = async (person: typeof reader, query: string) =>
    (await person.rest<Page<Show>>('GET', `/v1/shows?${query}`)).items.map(({ id }) => id).sort()

  t.same(await found(reader, 'followed=true'), [], 'no follows yet')
  await reader.rest('PUT', `/v1/users/${followed.id}/follow`)
  t.same(await found(reader, 'followed=true&status=scheduled'), expected)
  t.same(await found(reader, `followed=true&creatorId=${followed.id}`), expected)
  t.same(await found(reader, `followed=true&creatorId=${other.id}`), [])
  t.same((await found(reader, `followed=false&creatorId=${other.id}`)).length, 1)
  const first = await reader.rest<Page<Show>>('GET', '/v1/shows?followed=true&limit=1')
  const second = await reader.rest<Page<Show>>('GET', `/v1/shows?followed=true&limit=1&cursor=${first.nextCursor}`)
  t.same([...first.items, ...second.items].map(({ id }) => id).sort(), expected, 'page by page')
  t.equal(second.nextCursor, null)
  t.same(
    await (await fetch(`${url}/v1/shows?followed=true`)).json(),
    { items: [], nextCursor: null },
    'a caller without a token follows nobody'
  )
})
