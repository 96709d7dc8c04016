import t from 'tap'
import type { RoomRecord } from '../../../../contract/room-events.ts'
import type { ShowDocument } from '../../../../plugins/app/shows/document.ts'
import { showEventsKind, type ShowEventTable } from '../../../../plugins/app/shows/event-tables.ts'
import { createRoleRevocations } from '../../../../plugins/app/shows/role-revocations.ts'
import { createShowEvents } from '../../../../plugins/app/shows/show-events.ts'
import { createShowGuard } from '../../../../plugins/app/shows/show-guard.ts'
import { createMongoRecords } from '../../../../plugins/external/records/mongo-records.ts'
import { onEachBackend } from '../../../store/backends.ts'

const creatorId = 'creator'
const cohost = (cohost: boolean): RoomRecord['event'] => ({ type: 'cohost:changed', userId: 'ann', cohost })

onEachBackend(t, async (t, db) => {
  const shows = db.collection<ShowDocument>('shows')
  const events: ShowEventTable = await createMongoRecords(db, 'test').open(showEventsKind)
  const revocations = await createRoleRevocations(db)
  const guard = createShowGuard({
    shows,
    // No show is live here: its room is on another server, or opens after a restart.
    liveShows: { findPlace: async () => undefined },
    showEvents: createShowEvents(events),
    revocations,
    blocks: { has: async () => false },
    admissions: { has: async () => false } as never
  })

  /** Stores a show with its co-host events, and returns whether Ann may moderate it. */
  async function mayModerate(
    log: readonly [at: number, event: RoomRecord['event']][],
    status: 'live' | 'ended',
    fields: Partial<ShowDocument> = {}
  ) {
    const showId = `show-${await shows.countDocuments()}`
    const times = { startedAt: new Date(1000), endedAt: status === 'ended' ? new Date(Date.now() + 3_600_000) : null }
    await shows.insertOne({ _id: showId, creatorId, visibility: 'public', status, ...times, ...fields } as never)
    await events.append(log.map(([at, event], seq) => ({ _id: `${showId}:${seq}`, showId, seq, at, event })))
    const isAuthorized = await guard.authorize('moderate', showId, 'ann').then(
      () => true,
      () => false
    )
    t.equal(await guard.isHost(await guard.get(showId), 'ann'), isAuthorized)
    return isAuthorized
  }

  t.test('a co-host of a show may moderate it', async t => {
    t.equal(await mayModerate([[Date.now(), cohost(true)]], 'live'), true)
    t.equal(await mayModerate([[Date.now(), cohost(true)]], 'ended'), true)
    t.equal(await mayModerate([], 'ended'), false)
  })

  t.test('a co-host who was invited backstage keeps the role after the show', async t => {
    const guests = [{ userId: 'ann', role: 'cohost' as const, invitedAt: new Date(0) }]
    t.equal(await mayModerate([[Date.now(), cohost(true)]], 'ended', { backstage: { version: 1, guests } }), true)
    t.equal(await mayModerate([], 'ended', { backstage: { version: 1, guests } }), false)
  })

  for (const status of ['live', 'ended'] as const) {
    t.test(`a block ends the roles that a person had before it, and none later: ${status} show`, async t => {
      const now = Date.now()
      await revocations.add(creatorId, 'ann')
      t.equal(await mayModerate([[now - 5000, cohost(true)]], status), false, 'named before the block')
      const namedAgain: [number, RoomRecord['event']][] = [
        [now - 5000, cohost(true)],
        [now - 4000, cohost(false)],
        [Date.now() + 1000, cohost(true)]
      ]
      t.equal(await mayModerate(namedAgain, status), true, 'named again after the block was lifted')
      t.equal(await mayModerate([...namedAgain, [Date.now() + 2000, cohost(false)]], status), false, 'dismissed')
    })
  }
})
