import t from 'tap'
import { createDeletion } from '../../../../plugins/app/shows/deletion.ts'
import type { ShowDocument } from '../../../../plugins/app/shows/document.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'
import { onEachBackend } from '../../../store/backends.ts'

onEachBackend(t, async (t, db) => {
  const shows = db.collection<ShowDocument>('shows')

  await t.test('a show whose cover changes while it is deleted releases the cover that it has at its end', async t => {
    const _id = 'show'
    await shows.insertOne(standIn<ShowDocument>({ _id, status: 'scheduled', coverUrl: '/v1/covers/ana.before' }))
    const released: (string | undefined)[] = []
    const { remove } = createDeletion({
      shows,
      guard: standIn({
        async authorize() {
          const read = await shows.findOne({ _id })
          await shows.updateOne({ _id }, { $set: { coverUrl: '/v1/covers/ana.after' } })
          return read
        }
      }),
      showData: standIn({ async remove() {} }),
      series: standIn({ async skip() {} }),
      covers: {
        async release({ coverUrl }) {
          released.push(coverUrl)
        }
      },
      liveShows: { async showDeleted() {} }
    })
    await remove(_id, 'ana')
    t.same(released, ['/v1/covers/ana.after'])
    await t.rejects(remove(_id, 'ana'), { code: 'CONFLICT' })
  })
})
