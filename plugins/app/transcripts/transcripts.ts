import { CodedError } from '../../../contract/errors.ts'
import type { Page } from '../../../contract/paging.ts'
import type {
  TalkShare,
  Transcript,
  TranscriptQuery,
  TranscriptSegment,
  TranscriptStatus
} from '../../../contract/transcripts.ts'
import type { Users } from '../people/users.ts'
import type { StoredRecordings } from '../recordings/stored-recordings.ts'
import type { ShowDocument } from '../shows/document.ts'
import type { ShowGuard } from '../shows/show-guard.ts'
import type { FoundTopic, TranscriptJobDocument, TranscriptTables } from './documents.ts'
import type { JobQueue } from './job-queue.ts'
import { mainLanguageOf } from './main-language.ts'
import type { ReplayCheck, ReplayedPart, ReplayTranscripts, TranscriptListener } from './replay-transcripts.ts'
import { dropWhere } from './transcript-data.ts'
import type { TranscriptSegments } from './transcript-segments.ts'

/** Requests for transcriptions by one person in a minute. */
export const maxTranscriptRequestsPerMinute = 10

/** The time for which a person was heard in a show; null for an erased account. */
export interface TalkTime {
  readonly userId: string | null
  readonly talkMs: number
}

/** Returns how long each person was heard in an ended show, without checking permissions. */
export type TalkProvider = (show: ShowDocument) => Promise<readonly TalkTime[]>

export interface TranscriptsParts {
  tables: Pick<TranscriptTables, 'jobs'>
  queue: JobQueue
  segments: TranscriptSegments
  recordings: Pick<StoredRecordings, 'listStints' | 'isComplete'>
  showGuard: Pick<ShowGuard, 'authorize' | 'isHost'>
  users: Pick<Users, 'people'>
  /** Whether this server has a transcriber. */
  isOn: boolean
  /** Called when there are new steps. */
  onWaiting(): void
}

/** A show, and the part of it that somebody may read; null for all of it. */
interface Reading {
  show: ShowDocument
  part: ReplayedPart | null
}

type JobState = Pick<TranscriptJobDocument, 'state' | 'reason' | 'language' | 'topics'>

const maxTopics = 10
const maxStints = 10_000

/** Transcripts of shows: what was said, by whom. */
export interface Transcripts extends ReplayTranscripts {
  /** Binds who knows how long people were heard. */
  talkFrom(provider: TalkProvider): void
  /** For hosts, and for those who may hear the replay. Throws NOT_FOUND. */
  get(showId: string, callerId: string | null): Promise<Transcript>
  /** Lists or searches what was said, by time. Throws NOT_FOUND; VALIDATION for an invalid cursor. */
  listSegments(showId: string, callerId: string | null, query: TranscriptQuery): Promise<Page<TranscriptSegment>>
  /** Has a show transcribed that is not yet, or whose stints were rejected. Throws NOT_FOUND, FORBIDDEN, CONFLICT. */
  request(showId: string, callerId: string): Promise<Transcript>
  /** Follows a change of the stored recordings of a show. Safe to repeat. */
  followRecordings(showId: string): Promise<void>
  /** Tells listeners that the segments of a show have changed. */
  tellChanged(showId: string): void
  removeOfPerson(userId: string): Promise<void>
  removeOfShow(showId: string): Promise<void>
}

/** Creates the transcripts of shows. */
export function createTranscripts(parts: TranscriptsParts): Transcripts {
  const { tables, queue, segments, recordings, showGuard, users, isOn, onWaiting } = parts
  const listeners: TranscriptListener[] = []
  let findReplayed: ReplayCheck = async () => null
  let findTalk: TalkProvider = async () => []

  function tellChanged(showId: string): void {
    for (const listener of listeners) listener(showId)
  }

  /** Returns what a person may read of a transcript. Throws NOT_FOUND for those who may read nothing. */
  async function authorizeReader(showId: string, callerId: string | null): Promise<Reading> {
    const show = await showGuard.authorize('see', showId, callerId)
    if (await showGuard.isHost(show, callerId)) return { show, part: null }
    const part = await findReplayed(showId, callerId)
    if (part) return { show, part }
    throw new CodedError('NOT_FOUND', 'There is no transcript of this show.')
  }

  async function statusOf(show: ShowDocument, jobs: readonly JobState[]): Promise<TranscriptStatus> {
    if (jobs.some(({ state }) => state === 'waiting')) return 'waiting'
    if (jobs.some(({ state }) => state === 'rejected')) return 'failed'
    if (jobs.length > 0) return 'ready'
    return isOn && show.status === 'ended' && !(await recordings.isComplete(show._id)) ? 'waiting' : 'none'
  }

  async function talkIn(show: ShowDocument): Promise<TalkShare[]> {
    if (show.status !== 'ended' || show.startedAt === null) return []
    const talk = await findTalk(show)
    const totalMs = talk.reduce((sum, { talkMs }) => sum + talkMs, 0)
    const people = await users.people(talk.flatMap(({ userId }) => userId ?? []))
    return talk.flatMap(({ userId, talkMs }) => {
      const person = userId === null ? undefined : people.get(userId)
      return person ? [{ person, talkMs: Math.round(talkMs), share: totalMs === 0 ? 0 : talkMs / totalMs }] : []
    })
  }

  /** Describes a transcript. Listeners of a replay do not learn who talked about what where it was cut. */
  async function describe({ show, part }: Reading): Promise<Transcript> {
    const projection = { state: 1, reason: 1, language: 1, topics: 1 } as const
    const jobs: JobState[] = await tables.jobs.find({ showId: show._id }, { projection }).limit(maxStints).toArray()
    const status = await statusOf(show, jobs)
    const isAudible = isWhole(show, part)
    return {
      showId: show._id,
      status,
      reason: part === null && status !== 'ready' ? (jobs.find(({ reason }) => reason !== null)?.reason ?? null) : null,
      language: mainLanguageOf(jobs.flatMap(({ language }) => language ?? [])),
      topics: isAudible ? topicsOf(jobs.flatMap(({ topics }) => topics)) : [],
      talk: isAudible ? await talkIn(show) : []
    }
  }

  async function drop(filter: Parameters<typeof dropWhere>[1]): Promise<void> {
    const showIds = await dropWhere(queue, filter)
    for (const showId of showIds) tellChanged(showId)
    if (showIds.size > 0) onWaiting()
  }

  async function followRecordings(showId: string): Promise<void> {
    const stints = await recordings.listStints(showId)
    await drop({ showId, _id: { $nin: stints.map(({ id }) => id) } })
    if (!isOn || !(await recordings.isComplete(showId))) return
    for (const stint of stints) await queue.add(stint)
    if (stints.length > 0) onWaiting()
  }

  return {
    segmentsOf: segments.ofShow,
    visibleBy(check) {
      findReplayed = check
    },
    onChanged(listener) {
      listeners.push(listener)
    },
    talkFrom(provider) {
      findTalk = provider
    },
    tellChanged,
    followRecordings,

    get: async (showId, callerId) => await describe(await authorizeReader(showId, callerId)),

    async listSegments(showId, callerId, query) {
      const { part } = await authorizeReader(showId, callerId)
      return await segments.list(showId, query, part)
    },

    async request(showId, callerId) {
      const show = await showGuard.authorize('moderate', showId, callerId)
      if (!isOn) throw new CodedError('NOT_FOUND', 'This server makes no transcripts.')
      if (show.status !== 'ended') throw new CodedError('CONFLICT', 'The show has not ended yet.')
      const isComplete = await recordings.isComplete(showId)
      if (isComplete && (await recordings.listStints(showId)).length === 0) {
        throw new CodedError('NOT_FOUND', 'There is no recording of this show.')
      }
      await followRecordings(showId)
      await queue.retry(showId)
      onWaiting()
      return await describe({ show, part: null })
    },

    removeOfPerson: async userId => await drop({ userId }),
    removeOfShow: async showId => await drop({ showId })
  }
}

/** Whether a part of a show is all of it. */
function isWhole({ startedAt, endedAt }: ShowDocument, part: ReplayedPart | null): boolean {
  if (part === null) return true
  return part.from <= (startedAt?.getTime() ?? 0) && part.to >= (endedAt?.getTime() ?? Infinity)
}

/** Returns the topics that were found in most places. */
function topicsOf(found: readonly FoundTopic[]): string[] {
  const counts = new Map<string, number>()
  for (const { name, count } of found) counts.set(name, (counts.get(name) ?? 0) + count)
  return [...counts]
    .toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, maxTopics)
    .map(([name]) => name)
}
