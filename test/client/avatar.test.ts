import t from 'tap'
import type { UploadJob } from '../../client/index.ts'
import { createTestClient } from './test-client.ts'

t.test('uploading a picture reports the progress and updates the account', async t => {
  const jobs: UploadJob[] = []
  const { ambient, server } = await createTestClient(t, {
    async uploader(job) {
      jobs.push(job)
      job.onProgress(2, 7)
      return { status: 200, body: { ...ambient.account.user, avatarUrl: '/media/avatars/one.webp' } }
    }
  })
  const sent: [number, number][] = []
  await ambient.me.setAvatar(new File(['picture'], 'me.png', { type: 'image/png' }), {
    onProgress: (...now) => {
      sent.push(now)
    }
  })
  t.same(sent, [[2, 7]])
  t.match(jobs, [
    { method: 'PUT', url: `${server.url}/v1/users/me/avatar`, headers: { authorization: 'Bearer access-1' } }
  ])
  t.equal(await (jobs[0]!.form.get('file') as File).text(), 'picture')
  t.equal(ambient.account.user?.avatarUrl, '/media/avatars/one.webp')
})
