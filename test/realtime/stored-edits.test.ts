import fc from 'fast-check'
import t from 'tap'
import { createLiveRooms } from '../../realtime/rooms/live-rooms.ts'
import { memoryStore } from './live/memory-store.ts'
import { standIn } from './live/stand-in.ts'
import { creator, limits, pieces, showWith } from './room/people.ts'

const nothing = () => {}

/** A live room over a stored show. */
async function openShow() {
  const show = showWith(3)
  const rooms = createLiveRooms({
    store: memoryStore(show, async () => {}),
    openAudio: async () => standIn({ listen: nothing, prepare: nothing, close: async () => {} }),
    delivery: standIn({
      toShow: nothing,
      toShowInChunks: nothing,
      flush: nothing,
      toPeople: nothing,
      endShow: nothing
    }),
    beforeEnd: nothing,
    limits,
    logger: standIn({ child: () => standIn({ warn: nothing, error: nothing, info: nothing }) }),
    nowMs: () => 1_000_000
  })
  await rooms.command(show.id, { kind: 'user', userId: creator }, { type: 'show:start' })
  return { rooms, show }
}

t.test('in whatever order edits arrive, the room ends with the newest stored show and playlist', async t => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, count) => {
      const { rooms, show } = await openShow()
      const { id, description, settings } = show
      const edits = Array.from({ length: count }, async (_, n) => {
        await scheduler.schedule(Promise.resolve(), `edit ${n}`)
        const version = n + 2
        await rooms.showEdited(id, { version, title: `Version ${version}`, description, settings })
        await rooms.playlistEdited(id, { version, items: pieces.slice(0, version % 3) })
      })
      await scheduler.waitIdle()
      await Promise.all(edits)
      const newest = count + 1
      const { room, playlist } = rooms.find(id)!.state
      await rooms.close()
      return (
        room.title === `Version ${newest}` && room.playlistVersion === newest && playlist.items.length === newest % 3
      )
    })
  )
  t.pass('in 100 orders')
})

t.test('an edit of a show that is not live here is ignored', async t => {
  const { rooms, show } = await openShow()
  const { title, description, settings } = show
  await rooms.showEdited('another show', { version: 2, title, description, settings })
  await rooms.playlistEdited('another show', { version: 2, items: [] })
  t.equal(rooms.find('another show'), undefined)
  await rooms.close()
})
