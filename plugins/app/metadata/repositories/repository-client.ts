import type { FastifyBaseLogger } from 'fastify'
import type { MetadataSource } from '../../../../contract/metadata.ts'
import type { CallOutcome } from '../../../external/metrics/repositories.ts'
import { failureOf, parseJson, readOrUndefined, retryAfterMs } from '../../http/api-answers.ts'
import { createApiHealth } from '../../http/api-health.ts'
import { readLimitedText } from '../../http/limited-text.ts'
import type { CallQueue } from '../calls/call-queue.ts'
import { RepositoryUnavailable } from '../metadata-repository.ts'

/** Answer of a repository: its status, headers, and parsed body; undefined for a body that is not JSON. */
export interface RepositoryAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

/**
 * Meaning of an answer. `refused`: the key or this client is not accepted, waiting does not help. `wait`: the limit of
 * calls was reached. `failed`: anything else that is no answer to the question.
 */
export type AnswerMeaning = 'ok' | 'notFound' | 'refused' | 'wait' | 'failed'

export interface RepositoryClientParts {
  name: MetadataSource
  /** Address of the API, without a slash at the end. */
  baseUrl: string
  headers: Readonly<Record<string, string>>
  /** Parameters of every request. Secrets among them never appear in errors. */
  query?: Readonly<Record<string, string>>
  calls: CallQueue
  /** Reads the meaning of an answer; by default from its status. */
  meaningOf?(answer: RepositoryAnswer): AnswerMeaning
  /** Returns a time that the repository asks to wait beside an answer, ms. */
  pauseOf?(answer: RepositoryAnswer): number
  logger: Pick<FastifyBaseLogger, 'warn' | 'info'>
  onAnswer(outcome: CallOutcome): void
  /** A monotonic clock. */
  nowMs?(): number
}

const defaultPauseMs = 5000
const messages = {
  refused: 'metadata repository refused the key',
  accepted: 'metadata repository accepts the key again'
}

export type RepositoryClient = ReturnType<typeof createRepositoryClient>

/**
 * Sends requests to a repository of metadata, one at a time in the turn of this node. Follows no redirects: they would
 * be calls that nobody counted, and could lead a key to another host.
 */
export function createRepositoryClient(parts: RepositoryClientParts) {
  const { name, baseUrl, headers, query = {}, calls, logger, onAnswer } = parts
  const { meaningOf = meaningOfStatus, pauseOf = () => 0, nowMs = () => performance.now() } = parts
  const health = createApiHealth({ name, messages, fields: { source: name }, logger, onAnswer, nowMs })

  /** Sends one request. Errors carry neither the address nor a cause, either of which may hold the key. */
  async function send(path: string, params: Readonly<Record<string, string>>, signal: AbortSignal) {
    const search = new URLSearchParams({ ...query, ...params })
    const response = await fetch(`${baseUrl}${path}?${search}`, { headers, signal, redirect: 'manual' })
    return { status: response.status, headers: response.headers, body: parseJson(await readLimitedText(response)) }
  }

  /** Returns what was read from an answer; null when the repository has nothing. */
  function valueOf<T>(answer: RepositoryAnswer, read: (body: unknown) => T, wait: (ms: number) => void): T | null {
    const meaning = meaningOf(answer)
    const isAnswer = meaning === 'ok' || meaning === 'notFound'
    const namedMs = isAnswer ? undefined : retryAfterMs(answer.headers)
    const pauseMs = namedMs ?? Math.max(meaning === 'wait' ? defaultPauseMs : 0, pauseOf(answer))
    wait(pauseMs)
    if (meaning === 'ok') {
      const value = readOrUndefined(read, answer.body)
      health.note(value === undefined ? 'invalid' : 'ok')
      if (value === undefined) throw new RepositoryUnavailable(`${name} sent an answer of another form`)
      return value
    }
    health.note(meaning, answer.status)
    if (meaning === 'notFound') return null
    if (meaning === 'refused') throw refusal()
    throw new RepositoryUnavailable(`${name} answered ${answer.status}`, { retryAfterMs: pauseMs || undefined })
  }

  const refusal = () => new RepositoryUnavailable(`${name} refused the key`, { retryAfterMs: health.refusedForMs() })

  /** @throws RepositoryUnavailable while the key counts as refused */
  function assertNotRefused(): void {
    if (health.refusedForMs() > 0) throw refusal()
  }

  return {
    /**
     * Sends a GET request in its turn. `read` checks the body. Returns null when the repository has nothing.
     * @throws RepositoryUnavailable; the reason of the signal
     */
    async get<T>(
      path: string,
      params: Readonly<Record<string, string>>,
      read: (body: unknown) => T,
      signal: AbortSignal
    ): Promise<T | null> {
      assertNotRefused()
      return await calls.run(async (limit, wait) => {
        // Another call may have been refused while this one waited.
        assertNotRefused()
        const answer = await send(path, params, limit).catch((error: unknown) => {
          if (!signal.aborted) health.note('away')
          throw new RepositoryUnavailable(`${name} does not answer: ${failureOf(error)}`)
        })
        return valueOf(answer, read, wait)
      }, signal)
    },
    check: health.check,
    spareInMs: async () => await calls.spareInMs()
  }
}

/** The meaning of a status at most repositories. A page of HTML is no answer, also with status 200. */
export function meaningOfStatus({ status, body }: RepositoryAnswer): AnswerMeaning {
  if (status === 200) return typeof body === 'object' && body !== null ? 'ok' : 'failed'
  if (status === 401 || status === 403) return 'refused'
  if (status === 400 || status === 404) return 'notFound'
  return status === 429 || status === 503 ? 'wait' : 'failed'
}
