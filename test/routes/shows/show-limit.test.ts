import t from 'tap'
import { signIn } from '../../users.ts'
import { startApp } from '../../realtime/real-app.ts'
import { sendShowRequest as send } from './send-show-request.ts'

const { app, url } = await startApp(t, { LIMIT_SHOWS_PER_PERSON: '3' })

t.test('a person has a limited number of shows that have not started', async t => {
  const [creator, other] = [await signIn(url, 'Creator'), await signIn(url, 'Other')]
  const create = async (user = creator) => await send(url, user, 'POST', '', { title: 'A show' })
  const { body: first } = await create()
  const { body: second } = await create()
  t.match(await create(), { status: 201 })
  t.match(await create(), { status: 409, body: { code: 'CONFLICT', message: /You have 3 shows/ } })
  t.match(await create(other), { status: 201 }, 'the shows of others do not count')

  t.match(await send(url, creator, 'DELETE', `/${first.id}`), { status: 204 })
  t.match(await create(), { status: 201 }, 'a deleted show does not count')
  t.match(await create(), { status: 409 })
  t.match(await send(url, creator, 'POST', `/${second.id}/start`), { status: 200 })
  t.match(await create(), { status: 201 }, 'a show that has started does not count')
  t.match(await send(url, creator, 'POST', `/${second.id}/end`), { status: 200 })
  t.match(await create(), { status: 409 })
})

t.test('shows that are created at the same time do not pass the limit', async t => {
  const { id } = await signIn(url, 'Hasty')
  const results = await Promise.allSettled(
    Array.from({ length: 8 }, async () => await app.shows.create(id, { title: 'A show' }))
  )
  const created = results.filter(({ status }) => status === 'fulfilled').length
  t.ok(created <= 3, `${created} created`)
  t.match(
    results.filter(({ status }) => status === 'rejected').map(result => 'reason' in result && result.reason),
    Array.from({ length: 8 - created }, () => ({ code: 'CONFLICT' }))
  )
  t.equal(await app.db.collection('shows').countDocuments({ creatorId: id }), created, 'the others are gone')
})
