import type { FastifyBaseLogger } from 'fastify'
import type { Playlist } from '../../contract/playlist.ts'
import type { RoomRecord } from '../../contract/room-events.ts'
import { LogConflict } from '../../plugins/app/shows/event-log.ts'
import { logRecordsOf } from '../../plugins/app/shows/log-records.ts'
import type { Span } from '../../plugins/external/tracing/spans.ts'
import type { RoomAudio } from '../audio/room-audio.ts'
import { storeSongsOnAir } from '../audio/songs-on-air.ts'
import type { Delivery } from '../delivery/delivery.ts'
import type { SpeakingFeed } from '../delivery/speaking-feed.ts'
import type { Homes } from '../cluster/homes.ts'
import type { AudienceRecorder, AudienceRecorders } from './audience-recorder.ts'
import { isLogged, isOfHome } from '../room/events.ts'
import type { RoomLimits, ServerRoomState } from '../room/server-room-state.ts'
import { toStored } from '../room/stored-state.ts'
import { createLiveRoom, type LiveRoom } from './live-room.ts'
import { takeRoom } from './load-room.ts'
import type { ShowEnd } from './recent-ends.ts'
import { createRoomJournal } from './room-journal.ts'
import { RoomMoved } from './room.ts'
import type { RoomStore, StoredShow } from './room-store.ts'
import { createRoomWrites } from './room-writes.ts'
import { createVoteWrites } from './vote-writes.ts'

/** A snapshot is stored after this many records, so that opening a room replays no more than these. */
export const recordsPerSnapshot = 1000

/** Other nodes repeat a forwarded command for a shorter time, ms. */
const causesMs = 60_000

export interface OpenRoomParts {
  store: RoomStore
  homes: Homes
  recorders: Pick<AudienceRecorders, 'open' | 'flush'>
  /** Opens the audio of the members here. */
  openAudio(showId: string): Promise<RoomAudio>
  delivery: Delivery
  /** Tells the members here who speaks. */
  speaking: Pick<SpeakingFeed, 'report'>
  /** Called just before the members learn of the end of their show: the last moment to send them something. */
  beforeEnd(showId: string): void
  /** The state of a room has changed. */
  onChanged(showId: string, state: ServerRoomState): void
  limits: RoomLimits
  logger: FastifyBaseLogger
  nowMs: () => number
  span?: Span | undefined
}

/** Callbacks of an open room to its owner. */
export interface RoomHost {
  /** The show has ended; the store does not know yet. */
  onEnded(showId: string, end: ShowEnd): void
  /** The end is stored: the room is not needed any more. */
  onClosed(showId: string): void
  /** A write was lost, so the room may write no more. */
  onLost(showId: string, error: unknown): void
}

/** A room with the documents it was opened with. When its log goes on, they may be newer than its state. */
export interface OpenedRoom {
  readonly room: LiveRoom
  /** Token of its fence record. */
  readonly token: number
  readonly show: StoredShow
  readonly playlist: Playlist
}

/**
 * Opens the room of a show that this node has claimed: reads its state, takes its log, opens its audio, and keeps the
 * store up to date from then on. Throws LogConflict when another node took the log meanwhile.
 */
export async function openRoom(show: StoredShow, parts: OpenRoomParts, owner: RoomHost): Promise<OpenedRoom> {
  const { store, homes, nowMs } = parts
  const showId = show.id
  const logger = parts.logger.child({ showId })
  let recorder: AudienceRecorder | undefined
  let isLost = false
  const host: RoomHost = {
    ...owner,
    onLost(lostId, error) {
      isLost = true
      recorder?.abandon()
      owner.onLost(lostId, error)
    }
  }
  await recoverSent(showId, store, homes)
  const loaded = await takeRoom(show, store, { limits: parts.limits, nodeId: homes.nodeId, nowMs })
  const { writer } = loaded
  const { token } = writer
  const earlierCauses = await store.log.recentCauses(showId, nowMs() - causesMs, token)
  const stream = await homes.open(showId, token, error => host.onLost(showId, error))
  const writes = createRoomWrites({ logger, onLost: error => host.onLost(showId, error) })
  let recordsSinceSnapshot = loaded.replayed
  const { status, creatorId } = loaded.state.room
  // The audience of a planned show is recorded from its start on.
  if (status !== 'ended' && status !== 'scheduled') openRecorder()

  function openRecorder(): void {
    if (!isLost) recorder ??= parts.recorders.open(showId, creatorId)
  }

  function onLogged(records: readonly RoomRecord[], state: ServerRoomState): void {
    for (const { event } of records) {
      if (event.type === 'show:resumed') storeStatus('live')
      if (event.type === 'show:interrupted') storeStatus('interrupted')
      if (event.type === 'show:ended') return storeEnd({ reason: event.reason, at: nowMs() })
    }
    recordsSinceSnapshot += records.length
    const last = records.at(-1)
    if (recordsSinceSnapshot < recordsPerSnapshot || !last) return
    recordsSinceSnapshot = 0
    const snapshot = { seq: last.seq, ...toStored(state) }
    writes.add('snapshot', async () => await writer.storeSnapshot(snapshot))
  }

  function storeStatus(status: 'live' | 'interrupted'): void {
    writes.add('status', async () => await store.shows.markStatus(showId, status, token))
  }

  function storeEnd(end: ShowEnd): void {
    host.onEnded(showId, end)
    writes.add('end', async () => await store.shows.markEnded(showId, end.reason, end.at, token))
    writes.add('snapshot', async () => await store.log.removeSnapshot(showId))
    // The show may be removed as soon as its end is answered: nothing is stored of it afterwards.
    writes.add('audience', async () => await recorder?.close())
    writes.add('close', async () => host.onClosed(showId))
  }

  /** A node that may have lost its claim asks the log before each command. */
  async function assertInLog(seq: number): Promise<void> {
    try {
      await writes.stored()
      await writer.assertFree(seq + 1)
    } catch (error) {
      if (!(error instanceof LogConflict)) throw error
      host.onLost(showId, error)
      throw new RoomMoved()
    }
  }

  const audio = storeSongsOnAir(await parts.openAudio(showId), {
    playback: loaded.state.room.playback,
    isResumed: loaded.state.room.status !== 'scheduled',
    store: async songIds => await store.shows.markSongsOnAir(showId, songIds, token),
    queueWrite: write => writes.add('songs', write)
  })
  const room = createLiveRoom({
    state: loaded.state,
    seq: loaded.seq,
    audio: homes.audioOf(showId, audio),
    assertHome: seq => (homes.isSure(showId) ? undefined : assertInLog(seq)),
    delivery: parts.delivery,
    writes,
    votes: createVoteWrites(showId, store.votes, writes),
    journal: createRoomJournal(logger),
    logger,
    nowMs,
    span: parts.span,
    append: async (records, cause) => await writer.append(records, cause === undefined ? undefined : { cause }),
    earlierCauses,
    onSpeaking: levels => parts.speaking.report(showId, levels),
    onOwnSpeaking: levels => homes.castLevels(showId, levels),
    onApplied(applied, state) {
      const isBackstage = state.room.status === 'scheduled'
      if (!isBackstage && state.room.status !== 'ended') openRecorder()
      recorder?.applied(applied)
      // Nodes that follow get the comments themselves, once they are stored, and the counts of votes.
      const events = applied.events.filter(event => !isOfHome(event))
      if (events.length > 0) stream.publish({ kind: isBackstage ? 'backstage' : 'events', ...applied, events })
      parts.onChanged(showId, state)
    },
    onLogged,
    recordAudience: counts =>
      writes.add('audience', async () => await store.shows.recordAudience(showId, counts, token)),
    beforeEnd: () => parts.beforeEnd(showId),
    onClosed: async () => await recorder?.close()
  })
  return { room, token, show, playlist: loaded.playlist }
}

/** Stores what the last home sent to other nodes and did not store before it died. */
async function recoverSent(showId: string, { log }: Pick<RoomStore, 'log'>, homes: Homes): Promise<void> {
  const records = (await homes.sentEvents(showId)).flatMap(({ events, at, seq, cause, token }) => {
    const logged = events.filter(isLogged)
    const firstSeq = seq - logged.length + 1
    const placed = logged.map((event, index) => ({ seq: firstSeq + index, at, event }))
    return logRecordsOf(placed, token, cause === undefined ? undefined : { cause })
  })
  if (records.length > 0) await log.recover(showId, records)
}
