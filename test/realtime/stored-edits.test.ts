import fc from 'fast-check'
import t from 'tap'
import { createLiveRooms } from '../../realtime/rooms/live-rooms.ts'
import { standIn } from './live/stand-in.ts'
import { creator, limits, showWith } from './room/people.ts'

/** A room over a stored show of which each reading takes as long as the scheduler says. */
async function openShow(scheduler: fc.Scheduler) {
  const { playlist, ...show } = showWith(3)
  const nothing = () => {}
  const stored = { title: show.title, isSlow: false }
  const rooms = createLiveRooms({
    shows: {
      async findRecord() {
        // As of when it was asked for: what comes back late may be stale.
        const record = { ...show, title: stored.title, status: 'live' as const }
        return stored.isSlow ? await scheduler.schedule(Promise.resolve(record), 'read') : record
      },
      listLive: async () => [],
      markStatus: async () => {},
      markEnded: async () => {},
      recordAudience: async () => {},
      visitorIds: async () => []
    },
    playlists: { load: async () => playlist },
    comments: { async *writtenSince() {} },
    history: { append: async () => {}, async *read() {} },
    openAudio: async () => standIn({ listen: nothing, close: async () => {} }),
    delivery: standIn({ toShow: nothing, toCrowd: nothing, settle: nothing, toPeople: nothing, dismiss: nothing }),
    beforeEnd: nothing,
    limits,
    logger: standIn({ child: () => standIn({ warn: nothing, error: nothing, info: nothing }) }),
    nowMs: () => 1_000_000
  })
  await rooms.command(show.id, { kind: 'user', userId: creator }, { type: 'show:start' })
  return { rooms, showId: show.id, stored }
}

t.test('whichever reading of the store is slow, the room ends with what was stored last', async t => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, count) => {
      const { rooms, showId, stored } = await openShow(scheduler)
      stored.isSlow = true
      const edits = Array.from({ length: count }, async (_, n) => {
        await scheduler.schedule(Promise.resolve(), `store ${n}`)
        stored.title = `Edit ${n}`
        await rooms.command(showId, { kind: 'user', userId: creator }, { type: 'show:edit' })
      })
      await scheduler.waitIdle()
      await Promise.all(edits)
      const { title } = rooms.find(showId)!.house.room
      await rooms.close()
      return title === stored.title
    })
  )
  t.pass('in 100 orders')
})
