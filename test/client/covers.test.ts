import t from 'tap'
import type { UploadJob } from '../../client/index.ts'
import { createTestClient, joinRoom, waitForView } from './test-client.ts'

t.test('uploading the cover of a show reports the progress and returns the show', async t => {
  const jobs: UploadJob[] = []
  const { ambient, server } = await createTestClient(t, {
    async uploader(job) {
      jobs.push(job)
      job.onProgress(2, 7)
      return { status: 200, body: { id: 'kitchen', coverUrl: '/v1/covers/me.one' } }
    }
  })
  const sent: [number, number][] = []
  const show = await ambient.shows.setCover('kitchen', new File(['picture'], 'cover.png', { type: 'image/png' }), {
    onProgress: (...now) => {
      sent.push(now)
    }
  })
  t.same(sent, [[2, 7]])
  t.equal(show.coverUrl, '/v1/covers/me.one')
  t.match(jobs, [
    { method: 'PUT', url: `${server.url}/v1/shows/kitchen/cover`, headers: { authorization: 'Bearer access-1' } }
  ])
  t.equal(await (jobs[0]!.form.get('file') as File).text(), 'picture')
})

t.test('the view follows the cover of a live show', async t => {
  const client = await createTestClient(t)
  const { server } = client
  const room = await joinRoom(t, client)
  const texts = { title: 'A show', description: '' }
  t.equal(room.view.room?.coverUrl, undefined)
  server.applyEvent({ type: 'show:changed', ...texts, coverUrl: '/v1/covers/creator.one' })
  await waitForView(room, view => view.room?.coverUrl === '/v1/covers/creator.one')
  server.applyEvent({ type: 'show:changed', ...texts, title: 'Another title' })
  await waitForView(room, view => view.room?.title === 'Another title')
  t.equal(room.view.room?.coverUrl, '/v1/covers/creator.one', 'an edit of the title leaves it')
  server.applyEvent({ type: 'show:changed', ...texts, coverUrl: null })
  await waitForView(room, view => view.room !== null && !('coverUrl' in view.room))
})
