import t from 'tap'
import type { Page } from '../../contract/paging.ts'
import type { Show } from '../../contract/shows.ts'
import { signIn } from '../users.ts'
import { startApp } from '../realtime/real-app.ts'

t.test('shows by people one follows', async t => {
  const { url } = await startApp(t)
  const [reader, followed, other] = await Promise.all(
    ['Reader', 'Followed', 'Other'].map(async name => await signIn(url, name))
  )
  if (!reader || !followed || !other) throw new Error('nobody came')
  const startsAt = '2040-01-01T00:00:00.000Z'
  const plan = async (person: typeof reader, title: string, visibility = 'public') =>
    (await person.rest<Show>('POST', '/v1/shows', { title, startsAt, visibility })).id
  const wanted = [await plan(followed, 'One'), await plan(followed, 'Two')].sort()
  await plan(followed, 'Hidden', 'private')
  await plan(other, 'Three')
  const found = async (person: typeof reader, query: string) =>
    (await person.rest<Page<Show>>('GET', `/v1/shows?${query}`)).items.map(({ id }) => id).sort()

  t.same(await found(reader, 'followed=true'), [], 'nobody yet')
  await reader.rest('PUT', `/v1/users/${followed.id}/follow`)
  t.same(await found(reader, 'followed=true&status=scheduled'), wanted)
  t.same(await found(reader, `followed=true&creatorId=${followed.id}`), wanted)
  t.same(await found(reader, `followed=true&creatorId=${other.id}`), [])
  t.same((await found(reader, `followed=false&creatorId=${other.id}`)).length, 1)
  const first = await reader.rest<Page<Show>>('GET', '/v1/shows?followed=true&limit=1')
  const second = await reader.rest<Page<Show>>('GET', `/v1/shows?followed=true&limit=1&cursor=${first.nextCursor}`)
  t.same([...first.items, ...second.items].map(({ id }) => id).sort(), wanted, 'page by page')
  t.equal(second.nextCursor, null)
  t.same(
    await (await fetch(`${url}/v1/shows?followed=true`)).json(),
    { items: [], nextCursor: null },
    'nobody follows anybody as nobody'
  )
})
