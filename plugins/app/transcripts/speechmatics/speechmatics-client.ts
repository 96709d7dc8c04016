import type { FastifyBaseLogger } from 'fastify'
import type { TranscriberOutcome } from '../../../external/metrics/transcripts.ts'
import { failureOf, parseJson, retryAfterMs } from '../../http/api-answers.ts'
import { createApiHealth } from '../../http/api-health.ts'
import { readLimitedText } from '../../http/limited-text.ts'
import { TranscriberAway, TranscriberRefusedKey } from '../transcriber.ts'

export interface SpeechmaticsClientParts {
  /** Address of the API with its version, without a slash at the end. */
  baseUrl: string
  apiKey: string
  logger: Pick<FastifyBaseLogger, 'warn' | 'info'>
  onAnswer(outcome: TranscriberOutcome): void
  /** Maximum duration of a call, ms. */
  callTimeoutMs?: number | undefined
  /** A monotonic clock. */
  nowMs?: (() => number) | undefined
}

/** A request. `parse` reads the meaning of an answer that is neither a refusal nor a failure. */
export interface SpeechmaticsRequest<T> {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  body?: { contentType: string; sizeBytes: number; open(): AsyncIterable<Uint8Array> }
  timeoutMs?: number
  maxAnswerBytes?: number
  /** Returns what an answer means; undefined for one that is no answer to this request. May throw. */
  read(status: number, body: unknown): T | undefined
}

const defaultCallTimeoutMs = 30_000
const defaultMaxAnswerBytes = 1_048_576
const messages = { refused: 'transcriber refused the key', accepted: 'transcriber accepts the key again' }

export type SpeechmaticsClient = ReturnType<typeof createSpeechmaticsClient>

/**
 * Sends requests to Speechmatics. The client of Speechmatics itself has no timeout, reads answers of any size and takes
 * audio in memory only; it throws a bare SyntaxError for a page of HTML, with which Speechmatics refuses a wrong key.
 * Follows no redirects, which could lead the key to another host.
 */
export function createSpeechmaticsClient(parts: SpeechmaticsClientParts) {
  const { baseUrl, apiKey, logger, onAnswer } = parts
  const { callTimeoutMs = defaultCallTimeoutMs, nowMs = () => performance.now() } = parts
  const health = createApiHealth({ name: 'the transcriber', messages, logger, onAnswer, nowMs })

  async function fetchAnswer<T>({ method, path, body, maxAnswerBytes }: SpeechmaticsRequest<T>, limit: AbortSignal) {
    const headers = {
      accept: 'application/json',
      authorization: `Bearer ${apiKey}`,
      ...(body && { 'content-type': body.contentType, 'content-length': String(body.sizeBytes) })
    }
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers,
      redirect: 'manual',
      signal: limit,
      ...(body && { body: streamOf(body.open()), duplex: 'half' as const })
    })
    const text = await readLimitedText(response, maxAnswerBytes ?? defaultMaxAnswerBytes)
    // A proxy may echo the request in its error, and reasons are shown to hosts.
    return { status: response.status, headers: response.headers, body: parseJson(text.replaceAll(apiKey, '…')) }
  }

  const refusal = () => new TranscriberRefusedKey('the transcriber refused the key', health.refusedForMs())

  return {
    /**
     * Sends a request. Errors carry neither a header nor a cause, which may hold the key.
     * @throws TranscriberRefusedKey, TranscriberAway; the reason of the signal; what `read` throws
     */
    async send<T>(request: SpeechmaticsRequest<T>, signal: AbortSignal): Promise<T> {
      signal.throwIfAborted()
      if (health.refusedForMs() > 0) throw refusal()
      const limit = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs ?? callTimeoutMs)])
      const answer = await fetchAnswer(request, limit).catch((error: unknown) => {
        signal.throwIfAborted()
        health.note('away')
        throw new TranscriberAway(`the transcriber does not answer: ${failureOf(error)}`)
      })
      const { status, headers, body } = answer
      if (status === 401 || status === 403) {
        health.note('refused', status)
        throw refusal()
      }
      if (status === 429 || status === 503) {
        health.note('wait')
        throw new TranscriberAway(`the transcriber answered ${status}`, retryAfterMs(headers))
      }
      const value = request.read(status, body)
      health.note(value === undefined ? 'failed' : 'ok')
      if (value === undefined) throw new TranscriberAway(`the transcriber answered ${status} in another form`)
      return value
    },

    check: health.check
  }
}

/** Returns bytes as a stream that is read as fast as they are sent. */
function streamOf(bytes: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await iterator.return?.()
    }
  })
}
