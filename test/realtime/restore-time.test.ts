import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { RoomRecord } from '../../contract/room-events.ts'
import type { Show } from '../../contract/shows.ts'
import { apply } from '../../realtime/room/apply.ts'
import { openingState } from '../../realtime/room/opening-state.ts'
import { createServerRoomState } from '../../realtime/room/server-room-state.ts'
import { toStored } from '../../realtime/room/stored-state.ts'
import { recordsPerSnapshot } from '../../realtime/rooms/open-room.ts'
import { connectClient, signIn } from '../users.ts'
import { startApp, type RealApp } from './real-app.ts'
import { limits } from './room/people.ts'

const recordCount = 100_000
const visitorCount = 5000
/** Maximum additional time of a start with the show, and maximum time of a join, ms. */
const maxDelayMs = 1000

async function newFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ambient-restoring-'))
  t.teardown(async () => await rm(path, { recursive: true, force: true }))
  return path
}

async function measureStart(DATA_DIR: string): Promise<RealApp & { tookMs: number }> {
  const startedAtMs = performance.now()
  const started = await startApp(t, { DATA_DIR })
  return { ...started, tookMs: performance.now() - startedAtMs }
}

/** The log of a show in which people ask to speak and change their minds. */
function* recordsOf(count: number): Generator<RoomRecord> {
  // The first record is the fence record of the home.
  yield { seq: 2, at: 1, event: { type: 'show:started' } }
  for (let seq = 3; seq < count; seq += 2) {
    const userId = `user-${seq % 500}`
    const requestId = `r${seq / 2}`
    const profile = { userId, displayName: `Name of ${userId}`, avatarUrl: null }
    const at = seq
    yield { seq, at, event: { type: 'speak:requested', requestId, ...profile, reason: '', requestedAt: at } }
    yield { seq: seq + 1, at, event: { type: 'speak:withdrawn', requestId, userId, by: userId } }
  }
}

/** Stores a show as a server that crashed leaves it: live, with a long log and the newest snapshot. */
async function storeLongShow({ app, url }: RealApp): Promise<{ token: string; showId: string }> {
  const creator = await signIn(url, 'Creator')
  const { id: showId } = await creator.rest<Show>('POST', '/v1/shows', { title: 'A long show' })
  const record = (await app.shows.findRecord(showId))!
  let state = createServerRoomState(openingState({ ...record, playlist: { version: 0, items: [] } }, 0), limits)
  const writer = await app.eventLog.take(showId, 'node', 0, 1)
  const snapshotSeq = recordCount - recordsPerSnapshot + 1
  let batch: RoomRecord[] = []
  for (const stored of recordsOf(recordCount)) {
    batch.push(stored)
    state = apply(state, stored.event, stored.at)
    if (stored.seq === snapshotSeq) await writer.storeSnapshot({ seq: snapshotSeq, ...toStored(state) })
    if (batch.length < 5000) continue
    await writer.append(batch)
    batch = []
  }
  await writer.append(batch)
  const newcomerIds = Array.from({ length: visitorCount }, (_, n) => `user-${n}`)
  const counts = { listenerCount: 0, peakListeners: visitorCount, totalListeners: visitorCount, newcomerIds }
  await app.shows.recordAudience(showId, counts, writer.token)
  await app.db
    .collection<{ _id: string }>('shows')
    .updateOne({ _id: showId }, { $set: { status: 'live', liveCreatorId: creator.id, startedAt: new Date() } })
  return { token: creator.token, showId }
}

t.test(`a live show with ${recordCount} records delays neither the start of the server nor its own joins`, async t => {
  const DATA_DIR = await newFolder()
  const first = await startApp(t, { DATA_DIR })
  const { token, showId } = await storeLongShow(first)
  await first.app.close()

  const empty = await measureStart(await newFolder())
  await empty.app.close()
  const { app, url, tookMs } = await measureStart(DATA_DIR)
  const client = await connectClient(url, token)
  const requestedAtMs = performance.now()
  const { snapshot } = await client.request('show:join', { showId })
  const joinMs = performance.now() - requestedAtMs
  t.match(snapshot, { status: 'live', queue: [] })
  const totalListeners = (await app.shows.get(showId, null)).totalListeners
  t.equal(totalListeners, visitorCount)
  const figures = `start ${Math.round(tookMs)} ms, empty ${Math.round(empty.tookMs)} ms, join ${Math.round(joinMs)} ms`
  t.comment(figures)
  t.ok(tookMs < empty.tookMs + maxDelayMs, figures)
  // On a busy machine an empty start takes longer, too.
  t.ok(joinMs < Math.max(maxDelayMs, empty.tookMs / 2), figures)
})
