import t from 'tap'
import type { Show } from '../../contract/shows.ts'
import { createCoverRequests } from '../routes/shows/cover-requests.ts'
import { createTwoColorPicture } from '../routes/users/pictures.ts'
import { signIn } from '../users.ts'
import { startApp, until } from './real-app.ts'

const real = await startApp(t)
const { url } = real
const { upload } = createCoverRequests(real)

t.test('an edit of a planned show reaches people backstage, and the show starts with it', async t => {
  const creator = await signIn(url, 'Creator')
  const { id } = await creator.rest<Show>('POST', '/v1/shows', { title: 'Before' })
  const client = await creator.connect()
  await client.request('show:join', { showId: id, backstage: true })
  await creator.rest('PATCH', `/v1/shows/${id}`, { title: 'After', settings: { record: true } })
  const { coverUrl } = (await upload(creator, id, await createTwoColorPicture(9, 9).png().toBuffer())).body
  const shown = () => client.roomEvents.filter(({ event }) => event.type === 'show:changed').at(-1)?.event
  await until(() => Object(shown()).coverUrl === coverUrl)
  t.match(shown(), { title: 'After', coverUrl })
  await creator.rest('POST', `/v1/shows/${id}/start`)
  await until(() => client.roomEvents.some(({ event }) => event.type === 'show:started'))
  const { snapshot } = await client.request('show:resync', {})
  t.match(snapshot, { status: 'live', title: 'After', coverUrl, settings: { record: true }, recording: { by: null } })
  client.disconnect()
})
