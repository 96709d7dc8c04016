import t from 'tap'
import { CodedError } from '../../../../contract/errors.ts'
import { createCovers } from '../../../../plugins/app/shows/covers.ts'
import type { ShowDocument } from '../../../../plugins/app/shows/document.ts'
import type { SeriesDocument } from '../../../../plugins/app/shows/series/document.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'
import { onEachBackend } from '../../../store/backends.ts'

onEachBackend(t, async (t, db) => {
  const shows = db.collection<ShowDocument>('shows')
  const series = db.collection<SeriesDocument>('showSeries')
  const before = '/v1/covers/ana.before'

  for (const change of ['replace', 'remove'] as const) {
    await t.test(`a room that does not answer leaves no file behind: ${change}`, async t => {
      const _id = `show-${change}`
      const of = { id: `series-${change}`, rule: 'FREQ=DAILY', timeZone: 'UTC' }
      const fields = { creatorId: 'ana', coverUrl: before, version: 1 }
      await series.insertOne(standIn<SeriesDocument>({ _id: of.id, ...fields }))
      await shows.insertOne(standIn<ShowDocument>({ _id, status: 'scheduled', series: of, ...fields }))
      const removed: string[] = []
      const findShow = async () => await shows.findOne({ _id })
      const covers = await createCovers({
        shows,
        series,
        files: standIn({
          add: async () => '/v1/covers/ana.after',
          async removeUnused(_owner: string, url: string) {
            removed.push(url)
          }
        }),
        guard: standIn({ authorize: findShow, get: findShow }),
        views: standIn({ toShow: async () => ({}) }),
        liveShows: {
          async showEdited() {
            throw new CodedError('UNAVAILABLE', 'The room does not answer.')
          }
        },
        nowMs: Date.now
      })
      const changed =
        change === 'replace'
          ? covers.replace(_id, 'ana', async () => Buffer.from('picture'))
          : covers.remove(_id, 'ana')
      await t.rejects(changed, { code: 'UNAVAILABLE' })
      t.same(removed, [before])
      const after = change === 'replace' ? '/v1/covers/ana.after' : undefined
      t.equal((await series.findOne({ _id: of.id }))?.coverUrl, after, 'later shows have the same cover')
      t.equal((await findShow())?.coverUrl, after)
    })
  }
})
