import t from 'tap'
import { createTestClient, waitForView } from './test-client.ts'

t.test('a pause ends with its room, so that the next show is heard', async t => {
  const { ambient, sound } = await createTestClient(t)
  const first = ambient.joinShow('show')
  await waitForView(first, ({ connection }) => connection === 'live')
  first.pauseSound()
  t.match(first.view, { isSoundPaused: true })
  const left = first.leave()
  const second = ambient.joinShow('show')
  t.teardown(async () => await second.leave())
  t.equal(second.view.isSoundPaused, false)
  t.equal(sound.isPaused, false)
  await waitForView(second, ({ connection }) => connection === 'live')
  second.pauseSound()
  await left
  t.equal(second.view.isSoundPaused, true, 'a room that closes ends no pause of another')
})

t.test('a pause ends with a room that closes by itself', async t => {
  const { ambient, server, sound } = await createTestClient(t)
  const room = ambient.joinShow('show')
  await waitForView(room, ({ connection }) => connection === 'live')
  room.pauseSound()
  server.emit('session:replaced', {})
  await waitForView(room, ({ connection }) => connection === 'closed')
  t.equal(sound.isPaused, false)
  t.equal(room.view.isSoundPaused, false)
})
