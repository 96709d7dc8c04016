import type { FastifyBaseLogger } from 'fastify'
import pRetry from 'p-retry'
import pTimeout from 'p-timeout'
import type { ShowRecorder } from '../../media/recording/show-recorder.ts'
import type { StintFailure, StintFiles } from '../../media/recording/stint-file.ts'
import type { ServerRoomState } from '../room/server-room-state.ts'
import { createVoiceReports, type ReportedVoice } from './voice-reports.ts'

/** Files that are not closed by then are repaired at the next start. */
const closeTimeoutMs = 5_000
const maxReportDelayMs = 30_000
const reportAttempts = 20

/** Records the speakers of this node while the recording of their show is on, wherever its home is. */
export interface RecordingControl {
  /** Follows the recording of a show. Called after every change of a room; waits for nothing. */
  changed(showId: string, state: Pick<ServerRoomState, 'room'>): void
  /** Ends the recording of a show here, before its audio closes. */
  closing(showId: string): void
  /** Ends all recordings. Resolves when their files are closed, or after five seconds. */
  close(): Promise<void>
}

type Recorder = Pick<ShowRecorder, 'start' | 'stop'>

export interface RecordingControlParts {
  files: StintFiles
  findRecorder(showId: string): Recorder | undefined
  /** Tells the home of a show that the recording that began at this time cannot go on. */
  reportFailure(showId: string, startedAt: number, reason: StintFailure): Promise<void>
  /** Tells the home that a voice is not recorded, or is again, in the recording that began at this time. */
  reportRecorded(showId: string, startedAt: number, voice: ReportedVoice, isRecorded: boolean): Promise<void>
  logger: Pick<FastifyBaseLogger, 'warn' | 'error'>
  nowMs: () => number
}

/** A recording that is on here, or has failed here. */
interface Followed {
  readonly recorder: Recorder
  readonly startedAt: number
}

export function createRecordingControl(parts: RecordingControlParts): RecordingControl {
  const { files, findRecorder, reportFailure, reportRecorded, logger, nowMs } = parts
  const followed = new Map<string, Followed>()
  const stopping = new Set<Promise<void>>()
  let isClosed = false

  function stop(showId: string): void {
    const recorder = followed.get(showId)?.recorder
    if (!recorder) return
    followed.delete(showId)
    const stopped = recorder.stop().finally(() => stopping.delete(stopped))
    stopping.add(stopped)
  }

  function start(showId: string, recording: Followed): void {
    followed.set(showId, recording)
    const voices = createVoiceReports({
      send: async (voice, isRecorded) => await reportRecorded(showId, recording.startedAt, voice, isRecorded),
      repeat: async send => await repeat(showId, recording, send),
      onFailed: err => logger.warn({ err, showId }, 'recording state of a voice not reported')
    })
    recording.recorder.start({
      showId,
      files,
      nowMs,
      onFailed(reason) {
        logger.error({ showId, reason }, 'recording failed')
        report(showId, recording, reason)
      },
      onLost: err => logger.error({ err, showId }, 'recorded stint lost'),
      onTapFailed: err => logger.error({ err, showId }, 'voice not recorded'),
      onRecordedChanged({ producer, userId }, isRecorded) {
        logger.warn({ showId, userId }, isRecorded ? 'voice recorded again' : 'voice not recorded for some time')
        voices.changed({ userId, producerId: producer.id }, isRecorded)
      }
    })
  }

  /** Repeats the report while the room does not know: until then its members see that the show is recorded. */
  function report(showId: string, recording: Followed, reason: StintFailure): void {
    repeat(showId, recording, async () => await reportFailure(showId, recording.startedAt, reason)).catch(
      (err: unknown) => logger.warn({ err, showId }, 'failed recording not reported')
    )
  }

  async function repeat(showId: string, recording: Followed, send: () => Promise<void>): Promise<void> {
    await pRetry(send, {
      retries: reportAttempts,
      maxTimeout: maxReportDelayMs,
      unref: true,
      shouldRetry: () => followed.get(showId) === recording
    })
  }

  return {
    changed(showId, { room }) {
      const startedAt = room.status === 'ended' ? undefined : room.recording?.startedAt
      if (isClosed || followed.get(showId)?.startedAt === startedAt) return
      stop(showId)
      const recorder = findRecorder(showId)
      if (startedAt !== undefined && recorder) start(showId, { recorder, startedAt })
    },
    closing: stop,
    async close() {
      isClosed = true
      for (const showId of [...followed.keys()]) stop(showId)
      const timeout = { milliseconds: closeTimeoutMs, message: false as const }
      await pTimeout(Promise.all(stopping), timeout)
    }
  }
}
