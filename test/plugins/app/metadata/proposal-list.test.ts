import t from 'tap'
import { createParts, fakeRepository, foundSong, openStores } from './parts.ts'

const app = await openStores(t)
const hourMs = 3_600_000
const ownerId = 'owner'
const count = 30
const showForMs = 6 * hourMs

const repositories = [fakeRepository('musicbrainz'), fakeRepository('discogs', showForMs)]
for (const repository of repositories) repository.songs = [foundSong({ title: `Of ${repository.name}` })]
const filling = await createParts(app, repositories)
for (let n = 0; n < count; n++) await filling.addSong({ ownerId, createdAt: new Date(n) })
await filling.asker.run()

/** Returns the commands that the store gets while something runs, each with its collection. */
async function commandsOf(run: () => Promise<unknown>): Promise<string[]> {
  const commands: string[] = []
  const listener = ({ commandName, command }: { commandName: string; command: Record<string, unknown> }) =>
    commands.push(`${commandName} ${String(command[commandName])}`)
  app.mongo.client.on('commandStarted', listener)
  await run()
  app.mongo.client.off('commandStarted', listener)
  return commands.sort()
}

/** The answers of each repository are read by one command. */
const reads = ['aggregate songs', 'aggregate songs', 'find metadataEntries', 'find metadataEntries', 'find songs']

t.test('a list of proposals reads the answers for all songs together', async t => {
  const { service } = await createParts(app, repositories)
  let readsNow = 0
  let maxReadsNow = 0
  const { get } = app.storage
  app.storage.get = async (...parameters) => {
    maxReadsNow = Math.max(maxReadsNow, ++readsNow)
    return await get.apply(app.storage, parameters).finally(() => readsNow--)
  }
  const commands = await commandsOf(async () => {
    const { items } = await service.list(ownerId, { limit: 100 })
    t.equal(items.length, count)
    t.match(items[0]?.proposal, { title: 'Of musicbrainz' })
  })
  app.storage.get = get
  t.same(commands, reads)
  t.ok(maxReadsNow > 1 && maxReadsNow <= 8, `${maxReadsNow} reads of the storage at the same time`)
  const again = await commandsOf(async () => t.equal((await service.list(ownerId, { limit: 100 })).items.length, count))
  t.same(again, ['aggregate songs', 'aggregate songs', 'find songs'], 'the memory has the answers')
})

t.test('songs of a list whose answers are too old are asked for after all others, with one command', async t => {
  const { service, questions, songs, clock, addSong } = await createParts(app, repositories)
  clock.ms += showForMs
  const other = await addSong({ askAt: new Date(clock.ms - 1000) })
  t.same(await commandsOf(async () => t.equal((await service.list(ownerId, { limit: 100 })).items.length, count)), [
    ...reads,
    'update songs'
  ])
  t.equal((await questions.claim(1000))?._id, other.songId)
  t.equal(await songs.countDocuments({ ownerId, askAt: new Date(clock.ms) }), count)
  clock.ms += 1000
  await service.list(ownerId, { limit: 100 })
  t.equal(await songs.countDocuments({ ownerId, askAt: new Date(clock.ms - 1000) }), count, 'they keep their places')
})
