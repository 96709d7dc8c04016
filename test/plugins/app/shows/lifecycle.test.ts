import type { Db } from 'mongodb'
import t from 'tap'
import { CodedError } from '../../../../contract/errors.ts'
import type { ShowDocument } from '../../../../plugins/app/shows/document.ts'
import { createEventLog } from '../../../../plugins/app/shows/event-log.ts'
import { openEventTables } from '../../../../plugins/app/shows/event-tables.ts'
import { createLifecycle } from '../../../../plugins/app/shows/lifecycle.ts'
import type { LiveShows } from '../../../../plugins/app/shows/live-shows.ts'
import type { SeriesDocument } from '../../../../plugins/app/shows/series/document.ts'
import { createShowEvents } from '../../../../plugins/app/shows/show-events.ts'
import { createShows } from '../../../../plugins/app/shows/shows.ts'
import { createVisitors } from '../../../../plugins/app/shows/visitors.ts'
import { createMongoRecords } from '../../../../plugins/external/records/mongo-records.ts'
import { standIn } from '../../../realtime/live/stand-in.ts'
import { onEachBackend } from '../../../store/backends.ts'

const creatorId = 'ana'
const unanswered = new CodedError('UNAVAILABLE', 'The home of the show does not answer.')

/** The answers of other nodes and this one about a show whose start was not acknowledged. */
type Answers = Partial<Pick<LiveShows, 'findStatus' | 'isElsewhere' | 'command'>>

async function openShows(db: Db) {
  const shows = db.collection<ShowDocument>('shows')
  const series = db.collection<SeriesDocument>('showSeries')
  const { events, snapshots } = await openEventTables(createMongoRecords(db, 'test'))
  const log = createEventLog({ events, snapshots })

  /** Starts a scheduled show of its own creator, and returns the stored status after the failure. */
  async function statusAfterStart(showId: string, answers: Answers): Promise<string | undefined> {
    await shows.insertOne(standIn<ShowDocument>({ _id: showId, creatorId: showId, status: 'scheduled', version: 1 }))
    const lifecycle = await createLifecycle({
      shows,
      guard: standIn({ authorize: async () => await shows.findOne({ _id: showId }) }),
      views: standIn({}),
      liveShows: {
        async command() {
          throw unanswered
        },
        findStatus: () => undefined,
        isElsewhere: async () => false,
        ...answers
      },
      showEvents: createShowEvents(events),
      isDraining: () => false
    })
    await t.rejects(lifecycle.start(showId, creatorId), unanswered)
    const show = await shows.findOne({ _id: showId })
    t.equal(show?.liveCreatorId, show?.status === 'live' ? showId : undefined)
    return show?.status
  }

  return { shows, series, log, statusAfterStart }
}

onEachBackend(t, async (t, db) => {
  const { shows, series, log, statusAfterStart } = await openShows(db)

  await t.test('a start that no room carried out is undone', async t => {
    t.equal(await statusAfterStart('nowhere', {}), 'scheduled')
    const scheduled = { status: 'scheduled', listenerCount: 0, end: null } as const
    t.equal(await statusAfterStart('refused', { findStatus: () => scheduled }), 'scheduled')
  })

  await t.test('a start that a room here carried out, or that its log holds, is not undone', async t => {
    const live = { status: 'live', listenerCount: 0, end: null } as const
    t.equal(await statusAfterStart('here', { findStatus: () => live }), 'live')
    const writer = await log.take('logged', 'other', 0, 1)
    t.equal(await statusAfterStart('taken', {}), 'scheduled', 'a fence record alone starts nothing')
    await writer.append([{ seq: 2, at: 2, event: { type: 'show:started' } }])
    t.equal(await statusAfterStart('logged', {}), 'live')
  })

  await t.test('a start that another node may have carried out is not undone', async t => {
    t.equal(await statusAfterStart('elsewhere', { isElsewhere: async () => true }), 'live')
    const isElsewhere = async () => {
      throw new CodedError('UNAVAILABLE', 'Redis is away.')
    }
    t.equal(await statusAfterStart('unknown', { isElsewhere }), 'live')
    const command = async (showId: string) => {
      await shows.updateOne({ _id: showId }, { $set: { homeToken: 1 } })
      throw unanswered
    }
    t.equal(await statusAfterStart('written', { command }), 'live', 'a home has written since')
  })

  await t.test('a song is on air while a live show says so, by the word of its last home', async t => {
    await shows.insertOne(standIn<ShowDocument>({ _id: 'music', creatorId, status: 'live', version: 1 }))
    const { markSongsOnAir, markEnded, isSongOnAir } = await createShows(
      standIn({ shows, series, coverFiles: {}, visitors: {}, guard: {}, views: {} })
    )
    t.equal(await isSongOnAir('first'), false)
    t.equal(await markSongsOnAir('music', ['first', 'second'], 3), true)
    t.same([await isSongOnAir('first'), await isSongOnAir('second'), await isSongOnAir('third')], [true, true, false])
    t.equal(await markSongsOnAir('music', ['second'], 7), true)
    t.equal(await markSongsOnAir('music', ['first'], 3), false, 'an earlier home')
    t.same([await isSongOnAir('first'), await isSongOnAir('second')], [false, true])
    await markEnded('music', 'ended', 1, 7)
    t.equal(await isSongOnAir('second'), false)
    t.equal(await markSongsOnAir('music', ['second'], 7), false, 'an ended show')
    t.notOk((await shows.findOne({ _id: 'music' }))?.onAirSongIds)
  })

  await t.test('a home overwrites nothing of a later one', async t => {
    const stored = standIn<ShowDocument>({ _id: 'fenced', creatorId, status: 'live', listenerCount: 0, version: 1 })
    await shows.insertOne(stored)
    const visitors = await createVisitors(db)
    const { markStatus, markEnded, recordAudience } = await createShows(
      standIn({ shows, series, coverFiles: {}, visitors, guard: {}, views: {} })
    )
    const counts = (listenerCount: number) => ({
      listenerCount,
      peakListeners: listenerCount,
      totalListeners: listenerCount,
      newcomerIds: [`listener-${listenerCount}`]
    })
    const show = async () => await shows.findOne({ _id: 'fenced' })
    await recordAudience('fenced', counts(1), 4)
    await markStatus('fenced', 'interrupted', 4)
    t.match(await show(), { status: 'interrupted', listenerCount: 1, homeToken: 4 })
    await markStatus('fenced', 'live', 9)
    await recordAudience('fenced', counts(5), 9)
    await markStatus('fenced', 'interrupted', 4)
    await recordAudience('fenced', counts(7), 4)
    await markEnded('fenced', 'creatorLeft', 1, 4)
    t.match(await show(), { status: 'live', listenerCount: 5, peakListeners: 5, homeToken: 9 })
    t.ok([...(await visitors.ids('fenced'))].includes('listener-7'), 'a visit stays a visit')
    await markEnded('fenced', 'ended', 1, 9)
    t.match(await show(), { status: 'ended', listenerCount: 0, endReason: 'ended' })
  })
})
