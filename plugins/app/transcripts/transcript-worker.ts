import type { FastifyBaseLogger } from 'fastify'
import type { Metrics } from '../../external/metrics.ts'
import type { StoredRecordings } from '../recordings/stored-recordings.ts'
import { displayText } from '../songs/transcode/display-text.ts'
import type { ClaimedJob, JobQueue } from './job-queue.ts'
import { DamagedRecording } from './spoken-audio.ts'
import { segmentsOfAudio } from './spoken-segments.ts'
import { openStintAudio, type StintAudio } from './stint-audio.ts'
import type { TranscribedTime } from './transcribed-time.ts'
import { TranscriberAway, TranscriberRefusedKey, TranscriberRejected, type Transcriber } from './transcriber.ts'

export interface TranscriptWorkerParts {
  transcriber: Transcriber
  queue: JobQueue
  recordings: Pick<StoredRecordings, 'findStint' | 'read'>
  /** Limits what is sent. */
  time: TranscribedTime
  /** Returns the creator of a show; undefined when the show is gone. */
  findCreatorId(showId: string): Promise<string | undefined>
  metrics: Pick<Metrics['transcripts'], 'sent' | 'finished'>
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  /** Aborts calls when the process stops. */
  signal: AbortSignal
  /** Called when the segments of a show have changed. */
  onChanged(showId: string): void
  nowMs(): number
}

/** Another node may claim a step after this time. An upload takes less. */
const leaseMs = 15 * 60_000
const minPollMs = 5000
const maxPollMs = 60_000
const minRetryMs = 5000
const maxRetryMs = 10 * 60_000
/** A step that failed here, and not at the transcriber, is repeated after this time. */
const defectRetryMs = 60_000
/** Shorter speech has no words. */
const minSpeechMs = 300
/** Transcribers delete jobs by themselves after seven days. */
const maxDeletionAgeMs = 8 * 24 * 3_600_000
const maxTopicsPerStint = 20
/** A job that the transcriber lost is sent again as many times. */
const maxLosses = 3
/** A step that fails this many times in a row is given up: after about two days. */
const maxAttempts = 20
const maxAttemptWaitMs = 6 * 3_600_000
const damaged = 'The recording is damaged.'
const lost = 'The transcriber lost the recording.'
const unanswered = 'The transcriber did not answer.'
const failed = 'The recording could not be transcribed.'
const limitReached = 'The limit of transcribed speech of a day is reached. It goes on tomorrow.'
const tooLong = 'The recording is longer than what may be transcribed on a day.'

export type TranscriptWorker = ReturnType<typeof createTranscriptWorker>

/** Carries out the steps of transcriptions, one upload or poll at a time. Every step is safe to repeat on any node. */
export function createTranscriptWorker(parts: TranscriptWorkerParts) {
  const { transcriber, queue, recordings, time, findCreatorId, metrics, log, signal, onChanged, nowMs } = parts
  let quietUntilMs = -Infinity
  let failures = 0

  /** Sends the speech of a stint. */
  async function submit(job: ClaimedJob): Promise<void> {
    const stint = await recordings.findStint(job._id)
    const audio = stint && (await openStintAudio(recordings, stint))
    if (!audio) return await queue.drop(job)
    if (audio.durationMs < minSpeechMs) return await finish(job, [], { language: null, topics: [] })
    if (time.isTooLong(audio.durationMs)) return await reject(job, tooLong)
    if (await takeTime(job, audio.durationMs)) await send(job, audio)
  }

  /** Takes time of the day's limit, once for each time that a stint is sent. Otherwise the job waits for tomorrow. */
  async function takeTime(job: ClaimedJob, durationMs: number): Promise<boolean> {
    if (job.isCounted) return true
    const creatorId = await findCreatorId(job.showId)
    if (creatorId === undefined) await queue.drop(job)
    else if (await time.take(creatorId, durationMs)) return await queue.markCounted(job)
    else await queue.putBack(job, time.untilTomorrowMs(), { reason: limitReached })
    return false
  }

  async function send(job: ClaimedJob, audio: StintAudio): Promise<void> {
    const jobId = await transcriber.submit(audio, signal)
    metrics.sent(audio.durationMs)
    const { clock } = audio
    // The stint may have been erased, or sent by another node.
    const isOurs = await queue.putBack(job, minPollMs, { ...started, jobId, clock })
    if (!isOurs) await queue.deleteAtTranscriber(jobId)
  }

  async function poll(job: ClaimedJob, jobId: string): Promise<void> {
    const state = await transcriber.findState(jobId, signal)
    if (state === 'running') {
      const pollMs = Math.min(maxPollMs, Math.round(job.pollMs * 1.5))
      await queue.putBack(job, pollMs, { pollMs, attempts: 0 })
    } else if (state === 'gone') {
      await sendAgain(job)
    } else if (state === 'done') {
      await fetchResult(job, jobId)
    } else {
      await reject(job, state.rejected)
    }
  }

  async function fetchResult(job: ClaimedJob, jobId: string): Promise<void> {
    const result = await transcriber.findResult(jobId, signal)
    if (!result) return await sendAgain(job)
    const topics = [...result.topics]
      .flatMap(([text, count]) => {
        const name = displayText(text)
        return name === null ? [] : [{ name, count }]
      })
      .slice(0, maxTopicsPerStint)
    await finish(job, segmentsOfAudio(result, job.clock), { language: displayText(result.language), topics })
  }

  async function finish(job: ClaimedJob, ...result: DropFirst<Parameters<JobQueue['finish']>>): Promise<void> {
    if (!(await queue.finish(job, ...result))) return
    metrics.finished('transcribed')
    onChanged(job.showId)
  }

  async function sendAgain(job: ClaimedJob): Promise<void> {
    if (job.losses + 1 >= maxLosses) return await reject(job, lost)
    await queue.putBack(job, minRetryMs, { jobId: null, clock: [], losses: job.losses + 1, attempts: 0 })
  }

  async function reject(job: ClaimedJob, reason: string): Promise<void> {
    if (!(await queue.reject(job, reason))) return
    metrics.finished('rejected')
    log.warn({ showId: job.showId, stintId: job._id, reason }, 'transcription rejected')
  }

  async function carryOut(job: ClaimedJob): Promise<void> {
    if (job.jobId === null) await submit(job)
    else await poll(job, job.jobId)
  }

  /** Makes no calls for some time, longer with each failure in a row. Returns that time. */
  function rest(error: TranscriberAway | TranscriberRefusedKey): number {
    const waitMs = error.retryAfterMs ?? Math.min(maxRetryMs, minRetryMs * 2 ** Math.min(failures, 10))
    failures++
    quietUntilMs = nowMs() + waitMs
    return waitMs
  }

  async function step(job: ClaimedJob): Promise<void> {
    try {
      await carryOut(job)
      failures = 0
    } catch (error) {
      if (error instanceof TranscriberRejected) return await reject(job, error.reason)
      if (error instanceof DamagedRecording) return await reject(job, damaged)
      if (signal.aborted) await queue.putBack(job, 0)
      else await repeatLater(job, error)
    }
  }

  /** Repeats a failed step, later after each failure, up to a number of times. */
  async function repeatLater(job: ClaimedJob, error: unknown): Promise<void> {
    const waitMs = waitAfter(error, job)
    // It asked to wait: that says nothing about this job.
    if (isRequestToWait(error)) {
      await queue.putBack(job, waitMs)
      return
    }
    const attempts = (job.attempts ?? 0) + 1
    if (attempts >= maxAttempts) return await reject(job, error instanceof TranscriberAway ? unanswered : failed)
    const ownWaitMs = Math.min(maxAttemptWaitMs, minRetryMs * 2 ** (attempts - 1))
    await queue.putBack(job, Math.max(waitMs, ownWaitMs), { attempts })
  }

  /** Returns the time after which a failed step may be repeated, ms. */
  function waitAfter(error: unknown, job: ClaimedJob): number {
    if (error instanceof TranscriberAway || error instanceof TranscriberRefusedKey) return rest(error)
    log.error({ err: error, showId: job.showId, stintId: job._id }, 'transcription step failed')
    return defectRetryMs
  }

  async function deleteAt(jobId: string, createdAt: Date): Promise<void> {
    try {
      if (createdAt.getTime() + maxDeletionAgeMs > nowMs()) await transcriber.delete(jobId, signal)
      await queue.finishDeletion(jobId)
    } catch (error) {
      if (error instanceof TranscriberAway || error instanceof TranscriberRefusedKey) rest(error)
      else if (!signal.aborted) throw error
    }
  }

  const mayCall = () => !signal.aborted && nowMs() >= quietUntilMs

  const takeSteps = oneAtATime(async () => {
    while (mayCall()) {
      const job = await queue.claim(leaseMs)
      if (!job) break
      await step(job)
    }
  })

  const takeDeletions = oneAtATime(async () => {
    while (mayCall()) {
      const deletion = await queue.claimDeletion(maxRetryMs)
      if (!deletion) break
      await deleteAt(deletion._id, deletion.createdAt)
    }
  })

  return {
    /** Carries out all steps whose time has come. Deletions do not wait for uploads. */
    async run(): Promise<void> {
      await Promise.all([takeSteps(), takeDeletions()])
      await takeDeletions()
    }
  }
}

/** The part of a job that is kept as soon as it is sent. When it is sent again, its speech counts again. */
const started = { pollMs: minPollMs, attempts: 0, isCounted: false }

function isRequestToWait(error: unknown): boolean {
  return (
    error instanceof TranscriberRefusedKey || (error instanceof TranscriberAway && error.retryAfterMs !== undefined)
  )
}

/** Returns a function that runs a task, or waits for the run that is in progress. */
function oneAtATime(task: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return async () => {
    running ??= task().finally(() => {
      running = undefined
    })
    await running
  }
}

type DropFirst<List extends unknown[]> = List extends [unknown, ...infer Rest] ? Rest : never
