import t from 'tap'
import { createParts, fakeRepository, openStores } from './parts.ts'

const app = await openStores(t)
const hourMs = 3_600_000

t.test('somebody who looks at and changes many songs does not push back the songs of others', async t => {
  const { service, fields, questions, songs, clock, addSong } = await createParts(app, [fakeRepository('musicbrainz')])
  const waiting: string[] = []
  for (let n = 0; n < 3; n++) waiting.push((await addSong({ askAt: new Date(clock.ms - hourMs + n) })).songId)
  const ownerId = 'eager'
  const eager = []
  for (let n = 0; n < 20; n++) eager.push((await addSong({ ownerId, askAt: new Date(clock.ms - 1000 + n) })).songId)
  for (const songId of eager) await fields.patch(ownerId, songId, { title: `Another title of ${songId}` })
  const asked = []
  for (let n = 0; n < 6; n++) {
    for (const songId of eager) await service.get(ownerId, songId)
    asked.push((await questions.claim(hourMs))?._id ?? '')
    clock.ms += 1000
  }
  t.same(
    asked.filter(id => waiting.includes(id)),
    waiting,
    'every second turn is theirs'
  )
  t.ok((await songs.countDocuments({ ownerId, askAt: { $lte: new Date(0) } })) <= 1, 'one song at a time goes first')
})

t.test('one song of each person goes first, in the order in which they were looked at', async t => {
  const { service, questions, clock, songs, addSong } = await createParts(app, [fakeRepository('musicbrainz')])
  await songs.deleteMany({})
  await addSong({ askAt: new Date(clock.ms - hourMs) })
  const looked: string[] = []
  for (const ownerId of ['a', 'b', 'a', 'c']) {
    const { songId } = await addSong({ ownerId, askAt: new Date(clock.ms) })
    looked.push(songId)
    clock.ms += 1000
    await service.get(ownerId, songId)
  }
  for (const [n, ownerId] of ['a', 'b', 'a', 'c'].entries()) await service.get(ownerId, looked[n] ?? '')
  const asked = []
  for (let n = 0; n < 5; n++) asked.push((await questions.claim(hourMs))?._id)
  const [a, b, another, c] = looked
  t.same(
    asked.filter(id => id !== undefined && id !== another && looked.includes(id)),
    [a, b, c]
  )
})

t.test('a changed song is asked for with its new texts, also while somebody asks for it', async t => {
  const { fields, questions, clock, songs, addSong } = await createParts(app, [])
  await songs.deleteMany({})
  const { ownerId, songId } = await addSong({ askAt: new Date(clock.ms - 1000) })
  const claimed = await questions.claim(hourMs)
  await fields.patch(ownerId, songId, { title: 'New' })
  t.equal(
    claimed && (await questions.finish(claimed, { failedSources: [], askAt: undefined, hasProposals: true })),
    false
  )
  t.match((await questions.claim(hourMs))?.question, { title: 'New' })
})
