import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import type { PlaylistItem } from '../contract/playback.ts'
import type { RoomEvent, RoomRecord } from '../contract/room-events.ts'
import type { Visibility } from '../contract/shows.ts'
import { opaqueId } from '../plugins/app/documents/opaque-id.ts'
import { audioKey, openRecordings, type ClockMark } from '../plugins/app/recordings/document.ts'
import type { ShowDocument } from '../plugins/app/shows/document.ts'

const run = promisify(execFile)
const maxEncodedMs = 60_000
const markEveryMs = 5_000
const samplesPerMs = 48

/** A stint to be recorded. Times are ms from the start of the show. */
export interface PlannedStint {
  userId: string
  displayName?: string
  atMs: number
  durationMs: number
  /** Frequency of the tone, Hz. */
  frequency?: number
  /** Path of an audio file whose beginning is heard instead of a tone. */
  file?: string
  /** Source of ffmpeg's lavfi that is heard instead of a tone. */
  source?: string
  /** The speaker's sound card is faster than the server's clock by this, in millionths. */
  driftPpm?: number
}

/** A song or track that the show plays. Times are ms from the start of the show. */
export interface PlannedItem {
  item: PlaylistItem
  atMs: number
  /** The player stops then; absent: the next item or the end of the show follows. */
  durationMs?: number
}

export interface PlannedShow {
  creatorId: string
  durationMs: number
  title?: string
  visibility?: Visibility
  /** Server time; absent: so that the show ended a minute ago. */
  startedAtMs?: number
  stints?: readonly PlannedStint[]
  items?: readonly PlannedItem[]
  /** Start and stop of the recording; absent: the whole show. */
  recordedMs?: readonly [number, number]
  /** Other events. */
  events?: readonly { atMs: number; event: RoomEvent }[]
}

export interface RecordedShow {
  showId: string
  startedAtMs: number
  endedAtMs: number
  /** In the order of the planned ones. */
  stintIds: string[]
}

/**
 * Makes an ended show with a recording, as if it had been live: its document, its log and its stored stints. Afterwards
 * the listeners of recordings are told. Two hours of tones take some seconds.
 */
export async function recordShow(app: FastifyInstance, planned: PlannedShow): Promise<RecordedShow> {
  const { creatorId, durationMs, title = 'A recorded show', visibility = 'public', stints = [] } = planned
  const startedAtMs = planned.startedAtMs ?? Date.now() - durationMs - 60_000
  const endedAtMs = startedAtMs + durationMs
  const { id: showId } = await app.shows.create(creatorId, { title, visibility })
  const writer = await app.eventLog.take(showId, 'recorded', 0, startedAtMs)
  await writer.append(recordsOf(planned, startedAtMs, writer.token))
  await app.db.collection<ShowDocument>('shows').updateOne(
    { _id: showId },
    {
      $set: {
        status: 'ended',
        endReason: 'ended',
        startedAt: new Date(startedAtMs),
        endedAt: new Date(endedAtMs),
        homeToken: writer.token
      },
      $inc: { version: 2 }
    }
  )
  const stintIds: string[] = []
  for (const stint of stints) stintIds.push(await storeStint(app, { showId, creatorId, startedAtMs, stint }))
  await app.recordings.tellLeftChanges()
  return { showId, startedAtMs, endedAtMs, stintIds }
}

function recordsOf(planned: PlannedShow, startedAtMs: number, token: number): RoomRecord[] {
  const { creatorId, durationMs, stints = [], items = [], events = [] } = planned
  const [recordedFrom, recordedTo] = planned.recordedMs ?? [0, durationMs]
  const all: { atMs: number; event: RoomEvent }[] = [
    { atMs: 0, event: { type: 'show:started' } },
    { atMs: recordedFrom, event: { type: 'recording:started', by: recordedFrom === 0 ? null : creatorId } },
    ...stints.flatMap(stint => stageEvents(stint, creatorId)),
    ...items.flatMap(item => playbackEvents(item, startedAtMs)),
    ...events
  ]
  if (recordedTo < durationMs) {
    all.push({ atMs: recordedTo, event: { type: 'recording:stopped', by: creatorId, reason: 'host' } })
  }
  const ordered = all.toSorted((a, b) => a.atMs - b.atMs)
  return [...ordered, { atMs: durationMs, event: { type: 'show:ended' as const, reason: 'ended' as const } }].map(
    ({ atMs, event }, index) => ({ seq: token + 1 + index, at: startedAtMs + atMs, event })
  )
}

function stageEvents(stint: PlannedStint, creatorId: string): { atMs: number; event: RoomEvent }[] {
  const { userId, displayName = 'Speaker', atMs, durationMs } = stint
  const person = { userId, displayName, avatarUrl: null }
  const granted: RoomEvent[] = userId === creatorId ? [] : [{ type: 'floor:granted', ...person, by: creatorId }]
  return [
    ...granted.map(event => ({ atMs, event })),
    { atMs, event: { type: 'stage:joined', userId, producerId: `producer-${userId}`, muted: false } },
    { atMs: atMs + durationMs, event: { type: 'stage:left', userId, reason: 'stepDown' } }
  ]
}

function playbackEvents({ item, atMs, durationMs }: PlannedItem, startedAtMs: number) {
  const playback = (status: 'playing' | 'stopped', at: number): { atMs: number; event: RoomEvent } => ({
    atMs: at,
    event: {
      type: 'playback:changed',
      playback: {
        status,
        item: status === 'playing' ? item : null,
        positionMs: 0,
        at: startedAtMs + at,
        producerId: status === 'playing' && item.kind === 'song' ? 'player' : null
      }
    }
  })
  return [playback('playing', atMs), ...(durationMs === undefined ? [] : [playback('stopped', atMs + durationMs)])]
}

async function storeStint(
  app: FastifyInstance,
  {
    showId,
    creatorId,
    startedAtMs: showStartedAtMs,
    stint
  }: { showId: string; creatorId: string; startedAtMs: number; stint: PlannedStint }
): Promise<string> {
  const id = opaqueId()
  const { userId, durationMs, driftPpm = 0 } = stint
  const startedAtMs = showStartedAtMs + stint.atMs
  const pace = 1 + driftPpm / 1e6
  const audio = await encode(stint, Math.round(durationMs * pace))
  await app.storage.put(audioKey({ id, showId }), [audio])
  const { stints, shows } = await openRecordings(app.db)
  await stints.insertOne({
    _id: id,
    showId,
    userId,
    state: 'stored',
    startedAt: new Date(startedAtMs),
    durationMs: Math.round(durationMs * pace),
    sizeBytes: audio.length,
    marks: marksOf(startedAtMs, durationMs, pace)
  })
  await shows.updateOne(
    { _id: showId },
    { $set: { creatorId, hasUntoldChange: true, [`held.${id}`]: audio.length }, $inc: { changes: 1 } },
    { upsert: true }
  )
  return id
}

function marksOf(startedAtMs: number, durationMs: number, pace: number): ClockMark[] {
  return Array.from({ length: Math.floor(durationMs / markEveryMs) + 1 }, (_, n) => ({
    samples: Math.round(n * markEveryMs * pace * samplesPerMs),
    atMs: startedAtMs + n * markEveryMs
  }))
}

/** Encodes mono Ogg Opus as browsers send it. A long tone repeats its first minute, which is much faster. */
async function encode(stint: PlannedStint, durationMs: number): Promise<Buffer> {
  const { file, frequency = 440, source = `sine=frequency=${frequency}:sample_rate=48000` } = stint
  const input = file === undefined ? ['-f', 'lavfi', '-i', source] : ['-i', file]
  const isRepeated = file === undefined && durationMs > maxEncodedMs
  const folder = await mkdtemp(join(tmpdir(), 'ambient-stint-'))
  const seconds = (ms: number) => (ms / 1000).toFixed(6)
  try {
    const encoded = join(folder, 'encoded.ogg')
    const length = seconds(isRepeated ? maxEncodedMs : durationMs)
    await ffmpeg([...input, '-t', length, '-ac', '1', '-ar', '48000', '-c:a', 'libopus', '-b:a', '32k', encoded])
    if (!isRepeated) return await readFile(encoded)
    const repeated = join(folder, 'repeated.ogg')
    await ffmpeg(['-stream_loop', '-1', '-i', encoded, '-t', seconds(durationMs), '-c', 'copy', repeated])
    return await readFile(repeated)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function ffmpeg(args: readonly string[]): Promise<void> {
  await run('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', ...args])
}
