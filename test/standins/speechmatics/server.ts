import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { createRepositoryState, startRepositoryStandIn, type RepositoryState } from '../metadata/faults.ts'
import { heardTones, type HeardTone } from './heard-tones.ts'

/** A job as the stand-in keeps it. */
export interface StandInJob {
  id: string
  config: Record<string, unknown>
  audio: Uint8Array
  fileName: string
  polls: number
}

/** State of the stand-in, which tests change. */
export interface SpeechmaticsState extends RepositoryState {
  readonly token: string
  readonly jobs: Map<string, StandInJob>
  /** Ids of deleted jobs, in order. */
  readonly deleted: string[]
  /** Number of jobs that were started. */
  started: number
  /** Texts by the frequency of the tone that says them, rounded to 50 Hz. */
  sayings: Record<number, string>
  /** Number of polls for which a job runs. */
  runningPolls: number
  /** All jobs end rejected with this message. */
  rejects: string | null
  /** A longer audio file is refused. */
  maxBytes: number
  /** The configuration is refused with this detail. */
  refusesConfig: string | null
  topics: Record<string, number>
}

/**
 * A small server with Speechmatics' batch API, as far as the adapter uses it:
 * https://docs.speechmatics.com/api-ref/batch/create-a-new-job. It hears tones, and nothing else.
 */
export interface SpeechmaticsStandIn {
  readonly url: string
  readonly state: SpeechmaticsState
  readonly settings: Record<string, string>
  close(): Promise<void>
}

/** A wrong key is answered by the proxy in front of the API, in HTML. */
const refusal =
  '<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n' +
  '<center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n'

export async function startSpeechmaticsStandIn(port = 0): Promise<SpeechmaticsStandIn> {
  const state: SpeechmaticsState = {
    ...createRepositoryState({ calls: 10_000, windowMs: 1000 }),
    token: 'stand-in-speechmatics-key',
    jobs: new Map(),
    deleted: [],
    started: 0,
    sayings: {},
    runningPolls: 1,
    rejects: null,
    maxBytes: 100_000_000,
    refusesConfig: null,
    topics: {}
  }
  const { url, close } = await startRepositoryStandIn(
    {
      state,
      routes: app => routes(app, state),
      throttle: async reply => {
        if (state.retryAfterS !== null) reply.header('retry-after', state.retryAfterS)
        return await reply.code(429).send({ code: 429, error: 'Rate Limited' })
      }
    },
    port
  )
  const settings = { SPEECHMATICS_URL: `${url}/v2`, SPEECHMATICS_API_KEY: state.token }
  return { url: `${url}/v2`, state, settings, close }
}

function routes(app: FastifyInstance, state: SpeechmaticsState): void {
  const notFound = { code: 404, error: 'Job not found' }
  app.addHook('onRequest', async ({ headers }, reply) => {
    if (state.refusesKey || headers.authorization !== `Bearer ${state.token}`) {
      return await reply.code(401).type('text/html').send(refusal)
    }
  })
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: 200_000_000 },
    async (request: { headers: Record<string, unknown> }, body: Buffer) =>
      await new Response(new Uint8Array(body), {
        headers: { 'content-type': String(request.headers['content-type']) }
      }).formData()
  )

  app.post('/v2/jobs', async (request, reply) => {
    const form = request.body as FormData
    const [file, config] = [form.get('data_file'), form.get('config')]
    if (!(file instanceof File) || typeof config !== 'string') {
      return await reply.code(400).send({ code: 400, error: 'Bad Request', detail: 'data_file or config is missing' })
    }
    if (file.size > state.maxBytes) return await reply.code(413).type('text/html').send('<h1>Too large</h1>')
    if (state.refusesConfig !== null) {
      return await reply.code(400).send({ code: 400, error: 'Bad Request', detail: state.refusesConfig })
    }
    const id = randomUUID().replaceAll('-', '').slice(0, 10)
    const audio = new Uint8Array(await file.arrayBuffer())
    state.jobs.set(id, { id, config: JSON.parse(config), audio, fileName: file.name, polls: 0 })
    state.started++
    return await reply.code(201).send({ id })
  })

  app.get('/v2/jobs/:id', async (request, reply) => {
    const job = state.jobs.get((request.params as { id: string }).id)
    if (!job) return await reply.code(404).send(notFound)
    const isRunning = job.polls++ < state.runningPolls
    const end = state.rejects === null ? 'done' : 'rejected'
    return {
      job: {
        id: job.id,
        created_at: '2026-01-01T00:00:00.000Z',
        data_name: job.fileName,
        duration: 10,
        config: job.config,
        status: isRunning ? 'running' : end,
        ...(!isRunning && state.rejects !== null && { errors: [{ timestamp: '', message: state.rejects }] })
      }
    }
  })

  app.get('/v2/jobs/:id/transcript', async (request, reply) => {
    const job = state.jobs.get((request.params as { id: string }).id)
    if (!job || job.polls <= state.runningPolls) return await reply.code(404).send(notFound)
    const tones = await heardTones(job.audio)
    return {
      format: '2.9',
      job: { id: job.id, created_at: '2026-01-01T00:00:00.000Z', data_name: job.fileName, duration: 10 },
      metadata: {
        type: 'transcription',
        created_at: '2026-01-01T00:00:00.000Z',
        language_pack_info: { word_delimiter: ' ', writing_direction: 'left-to-right' }
      },
      results: tones.flatMap(tone => resultsOf(tone, state.sayings[tone.frequency] ?? `Unknown ${tone.frequency}`)),
      ...('topic_detection_config' in job.config && { topics: { segments: [], summary: { overall: state.topics } } })
    }
  })

  app.delete('/v2/jobs/:id', async (request, reply) => {
    const { id } = request.params as { id: string }
    const job = state.jobs.get(id)
    if (!job) return await reply.code(404).send(notFound)
    const isForced = (request.query as { force?: string }).force === 'true'
    if (job.polls <= state.runningPolls && !isForced) {
      return await reply.code(423).send({ code: 423, error: 'Resource Locked' })
    }
    state.jobs.delete(id)
    state.deleted.push(id)
    return { job: { id, status: 'deleted' } }
  })
}

/** The words of a saying share the time of its tone. */
function resultsOf({ from, to }: HeardTone, saying: string): object[] {
  const words = saying.split(' ')
  const each = (to - from) / words.length
  const at = (n: number) => Math.round((from + n * each) * 100) / 100
  const spoken = words.map((content, n) => ({
    type: 'word',
    start_time: at(n),
    end_time: at(n + 1),
    alternatives: [{ content, confidence: 0.9, language: 'en', speaker: 'UU' }]
  }))
  const stop = {
    type: 'punctuation',
    start_time: at(words.length),
    end_time: at(words.length),
    attaches_to: 'previous',
    is_eos: true,
    alternatives: [{ content: '.', confidence: 1, language: 'en', speaker: 'UU' }]
  }
  return [...spoken, stop]
}
