import type { FastifyBaseLogger } from 'fastify'
import type { TranscriberOutcome } from '../../../external/metrics/transcripts.ts'
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
const refusedMs = 600_000
const maxRetryAfterMs = 3_600_000
/** The transcriber counts as down after this many failures in a row. */
const maxFailures = 3

export type SpeechmaticsClient = ReturnType<typeof createSpeechmaticsClient>

/**
 * Sends requests to Speechmatics. The client of Speechmatics itself has no timeout, reads answers of any size and takes
 * audio in memory only; it throws a bare SyntaxError for a page of HTML, with which Speechmatics refuses a wrong key.
 * Follows no redirects, which could lead the key to another host.
 */
export function createSpeechmaticsClient(parts: SpeechmaticsClientParts) {
  const { baseUrl, apiKey, logger, onAnswer } = parts
  const { callTimeoutMs = defaultCallTimeoutMs, nowMs = () => performance.now() } = parts
  let refusedUntilMs = -Infinity
  let isRefused = false
  let failures = 0

  /** Records the outcome of a call. Tells operators once that the key is refused. */
  function note(outcome: TranscriberOutcome, status?: number): void {
    onAnswer(outcome)
    failures = outcome === 'ok' || outcome === 'refused' ? 0 : failures + 1
    if (outcome === 'refused') {
      if (!isRefused) logger.warn({ status }, 'transcriber refused the key')
      isRefused = true
      refusedUntilMs = nowMs() + refusedMs
    } else if (outcome === 'ok' && isRefused) {
      logger.info('transcriber accepts the key again')
      isRefused = false
    }
  }

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
    return { status: response.status, headers: response.headers, body: parse(text.replaceAll(apiKey, '…')) }
  }

  const refusal = () => new TranscriberRefusedKey('the transcriber refused the key', refusedUntilMs - nowMs())

  return {
    /**
     * Sends a request. Errors carry neither a header nor a cause, which may hold the key.
     * @throws TranscriberRefusedKey, TranscriberAway; the reason of the signal; what `read` throws
     */
    async send<T>(request: SpeechmaticsRequest<T>, signal: AbortSignal): Promise<T> {
      signal.throwIfAborted()
      if (nowMs() < refusedUntilMs) throw refusal()
      const limit = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs ?? callTimeoutMs)])
      const answer = await fetchAnswer(request, limit).catch((error: unknown) => {
        signal.throwIfAborted()
        note('away')
        throw new TranscriberAway(`the transcriber does not answer: ${reasonOf(error)}`)
      })
      const { status, headers, body } = answer
      if (status === 401 || status === 403) {
        note('refused', status)
        throw refusal()
      }
      if (status === 429 || status === 503) {
        note('wait')
        throw new TranscriberAway(`the transcriber answered ${status}`, retryAfterMs(headers))
      }
      const value = request.read(status, body)
      note(value === undefined ? 'failed' : 'ok')
      if (value === undefined) throw new TranscriberAway(`the transcriber answered ${status} in another form`)
      return value
    },

    /** @throws Error for operators, while the transcriber refuses the key or does not answer */
    async check(): Promise<void> {
      if (isRefused) throw new Error('the transcriber refuses the key')
      if (failures >= maxFailures) throw new Error('the transcriber does not answer')
    }
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns the time of a Retry-After header, ms: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? ''
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), maxRetryAfterMs) : undefined
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const { cause } = error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : error.name
}
