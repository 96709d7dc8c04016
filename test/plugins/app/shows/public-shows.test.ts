import t from 'tap'
import { signIn } from '../../../users.ts'
import { startApp } from '../../../realtime/real-app.ts'

t.test('of any number of shows, the public ones are found', async t => {
  const { app, url } = await startApp(t)
  const creator = await signIn(url, 'Creator')
  const create = async (visibility: string) => {
    const { id } = await creator.rest<{ id: string }>('POST', '/v1/shows', {
      title: `A ${visibility} show`,
      visibility
    })
    return id
  }
  const [open, unlisted, hidden] = [await create('public'), await create('unlisted'), await create('private')]
  const found = async (...showIds: string[]) => [...(await app.shows.findPublic(showIds))]
  const entry = [open, { id: open, title: 'A public show', status: 'scheduled' }]
  t.same(await found(), [])
  t.same(await found(open), [entry])
  for (const showId of [unlisted, hidden, 'no-such-show']) t.same(await found(showId), [])
  t.same(await found(hidden, open, 'no-such-show', unlisted), [entry])
  await creator.rest('PATCH', `/v1/shows/${open}`, { visibility: 'private' })
  t.same(await found(open), [], 'a change holds at once')
})
