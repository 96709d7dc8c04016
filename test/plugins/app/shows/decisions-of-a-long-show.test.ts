import { MongoClient } from 'mongodb'
import t from 'tap'
import type { RoomRecord } from '../../../../contract/room-events.ts'
import { createShowModeration } from '../../../../plugins/app/moderation/show-moderation.ts'
import { createEventLog } from '../../../../plugins/app/shows/event-log.ts'
import { openEventTables } from '../../../../plugins/app/shows/event-tables.ts'
import { createShowEvents } from '../../../../plugins/app/shows/show-events.ts'
import { createMongoRecords } from '../../../../plugins/external/records/mongo-records.ts'
import { startScratchStore } from '../../../store/backends.ts'

const showId = 'show'
const toggleCount = 3000
const banCount = 120

const store = await startScratchStore(t)
const client = await MongoClient.connect(store.url, { monitorCommands: true })
t.teardown(async () => {
  await client.close()
  await store.close()
})
const { events, snapshots } = await openEventTables(createMongoRecords(client.db(), 'test'))
const log = createEventLog({ events, snapshots })
const showEvents = createShowEvents(events)
const moderation = createShowModeration({
  showGuard: { authorize: async () => ({ creatorId: 'creator' }) as never },
  showEvents,
  liveShows: { command: async () => {}, members: async () => [], findStatus: () => undefined },
  users: { people: async () => new Map() }
})

/** Documents that the store has returned since the last call. */
let returned = 0
client.on('commandSucceeded', ({ reply }) => {
  const { cursor } = reply as { cursor?: { firstBatch?: unknown[]; nextBatch?: unknown[] } }
  returned += (cursor?.firstBatch ?? cursor?.nextBatch ?? []).length
})
function returnedSince(): number {
  const count = returned
  returned = 0
  return count
}

/** The log of a show in which a speaker mutes and unmutes, a listener changes their mind, and a host bans people. */
function* longLog(): Generator<RoomRecord['event']> {
  yield { type: 'cohost:changed', userId: 'cohost', cohost: true }
  yield { type: 'cohost:changed', userId: 'former', cohost: true }
  yield { type: 'mute:changed', userId: 'speaker', muted: true, by: 'cohost' }
  for (let n = 0; n < toggleCount; n++) {
    yield { type: 'mute:changed', userId: 'speaker', muted: n % 2 === 1, by: 'speaker' }
    yield { type: 'speak:withdrawn', requestId: `r${n}`, userId: 'listener', by: 'listener' }
    yield { type: 'mute:changed', userId: 'cohost', muted: n % 2 === 1, by: 'cohost' }
  }
  yield { type: 'member:removed', userId: 'former', ban: false, by: 'creator' }
  for (let n = 0; n < banCount; n++) {
    yield { type: 'member:removed', userId: `banned${n}`, ban: true, by: 'cohost' }
    if (n % 3 === 0) yield { type: 'member:unbanned', userId: `banned${n}`, by: 'creator' }
  }
  // Banned again, and removed once more without a ban, which does not lift it.
  yield { type: 'member:removed', userId: 'banned0', ban: true, by: 'creator' }
  yield { type: 'member:removed', userId: 'banned1', ban: false, by: 'creator' }
}

const writer = await log.take(showId, 'node', 0, 0)
await writer.append(Array.from(longLog(), (event, n) => ({ seq: n + 2, at: n, event })))
// Another show, whose events are not mixed in.
const other = await log.take('other', 'node', 0, 0)
await other.append([
  { seq: 2, at: 1, event: { type: 'cohost:changed', userId: 'listener', cohost: true } },
  { seq: 3, at: 2, event: { type: 'member:removed', userId: 'banned3', ban: true, by: 'creator' } }
])
const bannedNow = [
  'banned0',
  ...Array.from({ length: banCount }, (_, n) => n)
    .reverse()
    .filter(n => n % 3 !== 0)
    .map(n => `banned${n}`)
]

t.test('a page of decisions reads decisions only, however often people mute themselves', async t => {
  returnedSince()
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await moderation.decisions(showId, 'creator', { limit: 50, ...(cursor !== undefined && { cursor }) })
    seen.push(...page.items.map(({ type, user }) => `${type} ${user.id}`))
    cursor = page.nextCursor ?? undefined
    t.ok(returnedSince() <= 101, 'one batch')
  } while (cursor !== undefined)
  t.equal(seen.length, 3 + 1 + banCount + banCount / 3 + 2)
  t.same(seen.slice(-4), ['removed former', 'muted speaker', 'cohostNamed former', 'cohostNamed cohost'])
  t.same(seen.slice(0, 2), ['removed banned1', 'banned banned0'])
})

t.test('bans in force are read in slices, newest first', async t => {
  const bansOf = async (limit: number, cursor?: string) =>
    await moderation.bans(showId, 'creator', { limit, ...(cursor !== undefined && { cursor }) })
  returnedSince()
  const first = await bansOf(10)
  t.same(
    first.items.map(({ user }) => user.id),
    bannedNow.slice(0, 10)
  )
  t.ok(returnedSince() < 300, 'not the whole log')
  const seen: string[] = []
  for (let cursor: string | undefined; ;) {
    const page = await bansOf(7, cursor)
    seen.push(...page.items.map(({ user }) => user.id))
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  t.same(seen, bannedNow)
})

t.test('a person who is banned again and again is looked up once', async t => {
  const rounds = 600
  const feud = await log.take('feud', 'node', 0, 0)
  await feud.append(
    Array.from({ length: 2 * rounds + 1 }, (_, n) => ({
      seq: n + 2,
      at: n,
      event:
        n % 2 === 0
          ? ({ type: 'member:removed', userId: n === 0 ? 'first' : 'rival', ban: true, by: 'creator' } as const)
          : ({ type: 'member:unbanned', userId: 'rival', by: 'creator' } as const)
    }))
  )
  returnedSince()
  const { items } = await moderation.bans('feud', 'creator', { limit: 20 })
  t.same(
    items.map(({ user }) => user.id),
    ['rival', 'first']
  )
  const returnedDocuments = returnedSince()
  t.ok(returnedDocuments < 2 * rounds, `${returnedDocuments} documents for ${2 * rounds + 1} events`)
})

t.test('the role of one person is read from the events about this person in this show', async t => {
  returnedSince()
  t.ok(await showEvents.cohostSince(showId, 'cohost'))
  t.equal(await showEvents.cohostSince(showId, 'former'), undefined, 'removed')
  t.equal(await showEvents.cohostSince(showId, 'listener'), undefined, 'a co-host of another show')
  t.ok(returnedSince() <= 3)
})
