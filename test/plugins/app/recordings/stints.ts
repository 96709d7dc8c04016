import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import type { StintFailure, StintFile } from '../../../../media/recording/stint-file.ts'
import {
  createRecordings,
  type Recordings,
  type RecordingsParts
} from '../../../../plugins/app/recordings/recordings.ts'
import { recordingSettings, type RecordingSettings } from '../../../../plugins/app/recordings/settings.ts'
import type { ShowDocument } from '../../../../plugins/app/shows/document.ts'
import { writeOgg } from '../../../media/ogg-writer.ts'

/** A packet of 20 ms of a mono voice: its first byte says CELT, fullband, one frame. */
const packet = Buffer.concat([Buffer.from([0xf8]), Buffer.alloc(79, 7)])
const samplesPerPacket = 960

/** Returns the pages of a voice: two of headers, then one per second. */
export function voicePages(seconds: number): Buffer[] {
  const packets = Array.from({ length: seconds * 50 }, () => packet)
  return writeOgg({ packets, samples: () => samplesPerPacket, preSkip: 312, channels: 1 })
}

export interface TestStint {
  file: StintFile
  failures: StintFailure[]
}

/** Opens a stint through the port of the recorder. */
export async function openStint(
  app: Pick<FastifyInstance, 'stintFiles'>,
  showId: string,
  userId: string,
  startedAtMs = Date.now()
): Promise<TestStint> {
  const failures: StintFailure[] = []
  const file = await app.stintFiles.open({ showId, userId, startedAtMs }, failure => failures.push(failure))
  return { file, failures }
}

/** Writes a whole stint of some seconds. */
export async function writeStint(
  app: Pick<FastifyInstance, 'stintFiles'>,
  showId: string,
  userId: string,
  seconds: number,
  startedAtMs = Date.now()
): Promise<TestStint> {
  const stint = await openStint(app, showId, userId, startedAtMs)
  stint.file.mark(0, startedAtMs)
  for (const page of voicePages(seconds)) stint.file.append(page)
  stint.file.mark(seconds * 48_000, startedAtMs + seconds * 1000)
  await stint.file.close()
  return stint
}

/** Marks a show in the store as live, or ended. */
export async function markShow(
  app: Pick<FastifyInstance, 'db'>,
  showId: string,
  status: 'live' | 'ended',
  endedAt = new Date()
): Promise<void> {
  const $set = { status, startedAt: new Date(endedAt.getTime() - 60_000), ...(status === 'ended' && { endedAt }) }
  await app.db.collection<ShowDocument>('shows').updateOne({ _id: showId }, { $set })
}

/** Creates a show that is live, or has ended, in the store. Returns its id. */
export async function createShow(
  app: Pick<FastifyInstance, 'db' | 'shows'>,
  creatorId: string,
  status: 'live' | 'ended' = 'live'
): Promise<string> {
  const { id } = await app.shows.create(creatorId, { title: 'A show' })
  await markShow(app, id, status)
  return id
}

/** Opens recordings with other parts on the store of an application, until the end of the test. */
export async function openRecordings(
  t: Test,
  app: FastifyInstance,
  { settings, ...parts }: Partial<Omit<RecordingsParts, 'settings'>> & { settings?: Partial<RecordingSettings> } = {}
): Promise<Recordings> {
  const { db, storage, shows, config, log } = app
  const recordings = await createRecordings({
    db,
    storage,
    shows,
    ticketKeys: config.JWT_KEYS,
    log,
    nowMs: Date.now,
    ...parts,
    settings: { ...recordingSettings(config), ...settings }
  })
  t.teardown(async () => await recordings.close())
  return recordings
}
