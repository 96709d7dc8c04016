import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { openTranscriptTables } from '../../../../plugins/app/transcripts/documents.ts'
import { createJobQueue } from '../../../../plugins/app/transcripts/job-queue.ts'
import { createSpeechmatics } from '../../../../plugins/app/transcripts/speechmatics/speechmatics.ts'
import { createTranscribedTime } from '../../../../plugins/app/transcripts/transcribed-time.ts'
import { createTranscriptSegments } from '../../../../plugins/app/transcripts/transcript-segments.ts'
import { createTranscriptWorker } from '../../../../plugins/app/transcripts/transcript-worker.ts'
import { createTranscripts } from '../../../../plugins/app/transcripts/transcripts.ts'
import type { RealApp } from '../../../realtime/real-app.ts'
import { startSpeechmaticsStandIn, type SpeechmaticsStandIn } from '../../../standins/speechmatics/server.ts'

/** One line of the log: its fields, and its text. */
export type LoggedLine = Record<string, unknown> & { message: string }

/** A log that keeps its lines. */
export function keptLog() {
  const lines: LoggedLine[] = []
  const keep = (fields: object | string, message?: string) => {
    lines.push(typeof fields === 'string' ? { message: fields } : { ...fields, message: message ?? '' })
  }
  return { lines, log: { info: keep, warn: keep, error: keep } }
}

/** The parts of transcripts of one node, whose steps are taken when the test says so. */
export interface TranscribingNode {
  transcripts: ReturnType<typeof createTranscripts>
  /** Takes all steps whose time has come, after some time has passed. */
  passMs(ms: number): Promise<void>
  /** Stops it in the middle of a call. */
  stop(): void
  lines: LoggedLine[]
  check(): Promise<void>
  audioMs: number
  changedShowIds: string[]
}

export interface Transcribing extends TranscribingNode {
  app: FastifyInstance
  url: string
  standIn: SpeechmaticsStandIn
  /** Adds another node with the same store and the same clock. */
  addNode(): Promise<TranscribingNode>
}

/**
 * Starts the parts of transcripts beside an application that has no key, with a clock that tests move on. No work of
 * earlier tests is left.
 */
export async function startTranscribing(t: Test, { app, url }: RealApp, limitMs = Infinity): Promise<Transcribing> {
  const standIn = await startSpeechmaticsStandIn()
  t.teardown(async () => await standIn.close())
  for (const name of ['transcriptJobs', 'transcriptSegments', 'transcriptDeletions', 'transcribedDays']) {
    await app.db.collection(name).deleteMany({})
  }
  let now = Date.now()

  async function addNode(): Promise<TranscribingNode> {
    const nowMs = () => now
    const { lines, log } = keptLog()
    const tables = await openTranscriptTables(app.db)
    const queue = createJobQueue(tables, nowMs)
    const stopping = new AbortController()
    t.teardown(() => stopping.abort())
    const transcriber = createSpeechmatics({
      baseUrl: standIn.url,
      apiKey: standIn.state.token,
      language: 'auto',
      hasTopics: true,
      validator: app.validator,
      logger: log,
      onAnswer() {},
      callTimeoutMs: 500,
      submitTimeoutMs: 2000,
      nowMs
    })
    const node: TranscribingNode = {
      transcripts: createTranscripts({
        tables,
        queue,
        segments: createTranscriptSegments(tables),
        recordings: app.recordings,
        showGuard: app.showGuard,
        users: app.users,
        isOn: true,
        onWaiting() {}
      }),
      async passMs(ms) {
        now += ms
        await worker.run()
      },
      stop: () => stopping.abort(),
      lines,
      check: transcriber.check,
      audioMs: 0,
      changedShowIds: []
    }
    const worker = createTranscriptWorker({
      transcriber,
      queue,
      recordings: app.recordings,
      time: createTranscribedTime({ tables, limitMs, nowMs }),
      findCreatorId: async showId => (await app.shows.findStarted(showId))?.creatorId,
      metrics: {
        sent(durationMs) {
          node.audioMs += durationMs
        },
        finished() {}
      },
      log,
      signal: stopping.signal,
      onChanged: showId => node.changedShowIds.push(showId),
      nowMs
    })
    return node
  }

  return Object.assign(await addNode(), { app, url, standIn, addNode })
}

/** Source of ffmpeg's lavfi: tones at some times, and silence between them. Times are seconds. */
export function tones(spans: readonly { frequency: number; from: number; to: number }[]): string {
  const terms = spans.map(({ frequency, from, to }) => `between(t,${from},${to})*0.3*sin(2*PI*${frequency}*t)`)
  return `aevalsrc=${terms.join('+').replaceAll(',', '\\,')}:s=48000`
}
