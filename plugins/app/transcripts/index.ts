import fp from 'fastify-plugin'
import { openTranscriptTables } from './documents.ts'
import { createJobQueue } from './job-queue.ts'
import { createSpeechmatics } from './speechmatics/speechmatics.ts'
import { createJobsKeeper, createSegmentsKeeper } from './transcript-data.ts'
import { createTranscriptSegments } from './transcript-segments.ts'
import { createTranscriptWorker } from './transcript-worker.ts'
import { createDaysKeeper, createTranscribedTime } from './transcribed-time.ts'
import { createTranscripts, type Transcripts } from './transcripts.ts'

declare module 'fastify' {
  interface FastifyInstance {
    transcripts: Transcripts
  }
}

const stepEveryMs = 1000

/** Transcripts of recorded shows, from Speechmatics. */
export default fp(
  async app => {
    const { config, db, recordings, shows, showGuard, users, validator, metrics, readiness } = app
    const log = app.log.child({ part: 'transcripts' })
    const nowMs = Date.now
    const closing = new AbortController()
    const tables = await openTranscriptTables(db)
    const queue = createJobQueue(tables, nowMs)
    const apiKey = config.SPEECHMATICS_API_KEY
    const transcriber =
      apiKey === undefined
        ? null
        : createSpeechmatics({
            baseUrl: config.SPEECHMATICS_URL.replace(/\/+$/, ''),
            apiKey,
            language: config.SPEECHMATICS_LANGUAGE,
            hasTopics: config.SPEECHMATICS_TOPICS,
            validator,
            logger: log,
            onAnswer: metrics.transcripts.called
          })

    const transcripts = createTranscripts({
      tables,
      queue,
      segments: createTranscriptSegments(tables),
      recordings,
      showGuard,
      users,
      isOn: transcriber !== null,
      onWaiting: () => work()
    })
    app.decorate('transcripts', transcripts)
    recordings.onChanged(transcripts.followRecordings)
    app.showData.register('transcripts', transcripts.removeOfShow)
    app.personalData.register('transcripts', createSegmentsKeeper(tables, transcripts.removeOfPerson))
    app.personalData.register('transcriptJobs', createJobsKeeper(tables))
    app.personalData.register('transcribedDays', createDaysKeeper(tables))

    let working = Promise.resolve()
    let work = () => {}
    if (!transcriber) return
    readiness.addOptional('speechmatics', transcriber.check)
    const { signal } = closing
    const worker = createTranscriptWorker({
      transcriber,
      queue,
      recordings,
      time: createTranscribedTime({
        tables,
        limitMs: config.LIMIT_TRANSCRIBED_HOURS_PER_DAY * 3_600_000,
        nowMs
      }),
      findCreatorId: async showId => (await shows.findStarted(showId))?.creatorId,
      metrics: metrics.transcripts,
      log,
      signal,
      onChanged: transcripts.tellChanged,
      nowMs
    })
    let timer: NodeJS.Timeout | undefined
    app.addHook('onListen', async () => {
      work = () => {
        if (signal.aborted) return
        working = worker.run().catch((err: unknown) => {
          if (!signal.aborted) log.error({ err }, 'transcription failed')
        })
      }
      timer = setInterval(() => work(), stepEveryMs).unref()
      work()
    })
    app.addHook('onClose', async () => {
      closing.abort()
      clearInterval(timer)
      await working
    })
  },
  {
    name: 'transcripts',
    dependencies: ['metrics', 'operations', 'mongodb', 'http', 'privacy', 'people', 'shows', 'recordings']
  }
)
