import { createHash } from 'node:crypto'
import t from 'tap'
import { createLibrary } from '../../../../plugins/app/songs/library.ts'
import { openSongs } from '../../../../plugins/app/songs/document.ts'
import { createArtistKeys } from '../../../../plugins/app/songs/song-fields.ts'
import { createSongQuestions } from '../../../../plugins/app/songs/song-questions.ts'
import { createTickets } from '../../../../plugins/app/identity/audio-tickets.ts'
import { choosePlan } from '../../../../plugins/embedded/query/plan.ts'
import { parseSort } from '../../../../plugins/embedded/query/sort.ts'
import type { Doc } from '../../../../plugins/embedded/bson/codec.ts'
import { openStores } from '../metadata/parts.ts'

const app = await openStores(t)
const songs = await openSongs(app.db)
const keys = createArtistKeys(text => createHash('sha256').update(text).digest('hex'))
const questions = createSongQuestions(songs, keys)
const library = createLibrary(songs, createTickets([{ kid: 'a', secret: 'k'.repeat(32) }], Date.now))

const indexes = (await songs.indexes()).map(({ key, unique = false, sparse = false }) => ({
  fields: Object.entries(key).map(([path, direction]) => ({ path, isDescending: direction === -1 })),
  unique,
  sparse,
  multikey: false
}))

/** Returns the filters and sorts that the store gets while something runs. */
async function queriesOf(run: () => Promise<unknown>): Promise<{ filter: Doc; sort: unknown }[]> {
  const queries: { filter: Doc; sort: unknown }[] = []
  const listener = ({ commandName, command }: { commandName: string; command: Doc }) => {
    if (command[commandName] !== 'songs') return
    if (commandName === 'find') queries.push({ filter: command.filter as Doc, sort: command.sort })
    if (commandName === 'findAndModify') queries.push({ filter: command.query as Doc, sort: command.sort })
  }
  app.mongo.client.on('commandStarted', listener)
  await run()
  app.mongo.client.off('commandStarted', listener)
  return queries
}

/** The queries, and the fields of the index that each must be answered from, in order. */
const expected: readonly (readonly [string, () => Promise<unknown>, string])[] = [
  ['the next song to ask for', async () => await questions.claim(1000), 'state askAt'],
  ['the next song of a person', async () => await questions.claim(1000, 'owner'), 'ownerId state askAt'],
  ['a song that goes first', async () => await questions.askFirst('owner', 'song'), 'ownerId state askAt'],
  ['a song of an artist', async () => await questions.findByArtist('key'), 'artistKey state'],
  [
    'songs with proposals',
    async () => await questions.listProposed('owner', { limit: 20 }),
    'ownerId state hasProposals createdAt _id'
  ],
  ['the library', async () => await library.list('owner', { limit: 20 }), 'ownerId state createdAt _id']
]

for (const [name, run, fields] of expected) {
  t.test(`${name}: an index narrows the search most and gives the order`, async t => {
    const queries = await queriesOf(run)
    t.ok(queries.length > 0)
    for (const { filter, sort } of queries) {
      const plan = choosePlan(indexes, filter, parseSort(sort instanceof Map ? Object.fromEntries(sort) : sort))
      t.equal(plan?.index.fields.map(({ path }) => path).join(' '), fields)
      t.equal(plan?.isOrdered, true)
    }
  })
}
