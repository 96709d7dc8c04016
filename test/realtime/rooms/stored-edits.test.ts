import fc from 'fast-check'
import t from 'tap'
import { createRealtimeUnderTest } from '../live/show-under-test.ts'
import { createMemoryStore } from '../live/memory-store.ts'
import { creator, playlistItems, showWith } from '../room/people.ts'

/** Starts a stored show. */
async function startShow() {
  const show = showWith(3)
  const { rooms, close } = createRealtimeUnderTest(createMemoryStore([show]))
  await rooms.command(show.id, { kind: 'user', userId: creator }, { type: 'show:start' })
  return { rooms, show, close }
}

t.test('the room has the newest stored show and playlist, in whatever order the edits arrive', async t => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, count) => {
      const { rooms, show, close } = await startShow()
      const { id, description, settings } = show
      const edits = Array.from({ length: count }, async (_, n) => {
        await scheduler.schedule(Promise.resolve(), `edit ${n}`)
        const version = n + 2
        await rooms.showEdited(id, { version, title: `Version ${version}`, description, settings })
        await rooms.playlistEdited(id, { version, items: playlistItems.slice(0, version % 3) })
      })
      await scheduler.waitIdle()
      await Promise.all(edits)
      const newest = count + 1
      const { room, playlist } = rooms.find(id)!.state
      await close()
      return (
        room.title === `Version ${newest}` && room.playlistVersion === newest && playlist.items.length === newest % 3
      )
    })
  )
  t.pass('in 100 orders')
})

t.test('an edit of a show that is not live on this server is ignored', async t => {
  const { rooms, show, close } = await startShow()
  const { title, description, settings } = show
  await rooms.showEdited('another show', { version: 2, title, description, settings })
  await rooms.playlistEdited('another show', { version: 2, items: [] })
  t.equal(rooms.find('another show'), undefined)
  await close()
})
