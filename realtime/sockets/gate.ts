import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import type { TSchema } from 'typebox'
import {
  clientEvents,
  type Ack,
  type AckData,
  type ClientEventName,
  type Payload
} from '../../contract/client-events.ts'
import { CodedError, toWireError, type ErrorCode, type Issue } from '../../contract/errors.ts'
import type { Span } from '../../plugins/external/tracing/spans.ts'
import { createPersonalWindows, createRateWindow, type Limit, type RateWindow } from './rate-limits.ts'
import type { AmbientSocket } from './socket-data.ts'
import { watchTraffic } from './packet-sizes.ts'

/** Answers at this very moment, where the order of the answer among the room's events matters; what is returned later is not sent again. */
export type AnswerNow<E extends ClientEventName> = (data: AckData<E>) => void

/** One handler for each event a client may send. It gets a payload that fits its schema, and holds no rule. */
export type Handlers = {
  readonly [E in ClientEventName]: (
    socket: AmbientSocket,
    payload: Payload<E>,
    answerNow: AnswerNow<E>
  ) => Promise<AckData<E>>
}

export interface GateLimits {
  readonly messageBytes: number
  readonly media: Limit
  readonly other: Limit
  readonly speakRequests: Limit
  readonly reactions: Limit
}

export interface GateParts {
  handlers: Handlers
  limits: GateLimits
  /** Compiles a schema into the check that REST uses too: the places that do not fit, or null. */
  compile(schema: TSchema): (data: unknown) => Issue[] | null
  /** How long somebody has to wait for their next comment, ms: those who take comments count them, since one that is sent again is none. */
  commentWaitMs(userId: string): number
  logger: FastifyBaseLogger
  nowMs: () => number
  watch?: GateWatch
  /** What follows commands on their way, where something does. */
  span?: Span
}

/** What the gate tells whoever counts. `event` is what the client called it. */
export interface GateWatch {
  answered(event: string, code: 'ok' | ErrorCode, durationMs: number): void
  closedFlooding(): void
}

const justDo: Span = async (_name, _facts, task) => await task()
const nobody: GateWatch = { answered() {}, closedFlooding() {} }

/** What of a socket is counted apart. `stray`: what is no event. */
type Kind = 'media' | 'other' | 'stray'

/** At so many times a limit, a socket is not mistaken but hostile, and is closed. */
const floodFactor = 4

/**
 * Puts the gate before a socket: every message passes size → rate → schema → handler, and every command that asks for an
 * answer gets exactly one. What has no acknowledgement function can't be answered, and is dropped.
 */
export function createGate({
  handlers,
  limits,
  compile,
  commentWaitMs,
  logger,
  nowMs,
  watch = nobody,
  span = justDo
}: GateParts): (socket: AmbientSocket) => void {
  const checks = new Map<string, (data: unknown) => Issue[] | null>()
  for (const [event, { payload }] of Object.entries(clientEvents)) checks.set(event, compile(payload))
  const speakRequests = createPersonalWindows(limits.speakRequests)
  const reactions = createPersonalWindows(limits.reactions)
  const limitOf = (kind: Kind) => (kind === 'media' ? limits.media : limits.other)

  async function run<E extends ClientEventName>(
    socket: AmbientSocket,
    event: E,
    payload: Payload<E>,
    answerNow: AnswerNow<E>
  ): Promise<AckData<E>> {
    return await handlers[event](socket, payload, answerNow)
  }

  async function answer(
    socket: AmbientSocket,
    event: string,
    args: unknown[],
    answerNow: (data: unknown) => void
  ): Promise<unknown> {
    const check = checks.get(event)
    if (!check || !isClientEvent(event)) throw new CodedError('UNKNOWN_EVENT', 'There is no such event.')
    if (event === 'speak:request') refuseOver(speakRequests.take(socket.data.identity.userId, nowMs()))
    if (event === 'reaction:send') refuseOver(reactions.take(socket.data.identity.userId, nowMs()))
    if (args.length !== 1) {
      throw new CodedError('VALIDATION', 'An event takes one payload object and an acknowledgement.', {
        issues: [{ path: '', message: 'must be one object' }]
      })
    }
    const [payload] = args
    const issues = check(payload)
    // What is surely not one that was sent before waits like any other.
    if (event === 'comment:send' && (issues || showIdOf(socket) === undefined)) {
      refuseOver(commentWaitMs(socket.data.identity.userId))
    }
    if (issues) throw new CodedError('VALIDATION', 'The payload does not fit.', { issues })
    return await run(socket, event, payload as Payload<typeof event>, answerNow)
  }

  // What is kept here is kept ten thousand times: windows come with the first of what they count, and a line of the log says whose it is.
  return socket => {
    const windows: { [K in Kind]?: RateWindow } = {}
    const windowOf = (kind: Kind): RateWindow => (windows[kind] ??= createRateWindow(limitOf(kind)))
    const who = () => ({ socketId: socket.id, userId: socket.data.identity.userId })
    const traffic = watchTraffic(socket, () => {
      windowOf('stray').take(nowMs())
      closeFlooding('stray')
    })

    /** Counts what is refused too: whoever floods with rubbish is flooding. */
    function closeFlooding(kind: Kind): boolean {
      if (windowOf(kind).tries(nowMs()) < limitOf(kind).count * floodFactor) return false
      logger.warn({ ...who(), kind }, 'a flooding socket is closed')
      watch.closedFlooding()
      socket.disconnect(true)
      return true
    }

    /** Answers once; coming in is worth a line of the ordinary log. */
    function answerOnce(
      event: string,
      requestId: string,
      acknowledge: (outcome: Ack<unknown>) => void
    ): (outcome: Ack<unknown>) => void {
      const wasIn = showIdOf(socket)
      const arrivedAtMs = performance.now()
      let answered = false
      return outcome => {
        if (answered) return
        answered = true
        acknowledge(outcome)
        const code = outcome.ok ? 'ok' : outcome.error.code
        const tookMs = performance.now() - arrivedAtMs
        watch.answered(event, code, tookMs)
        // Who joins is told so before they are in.
        queueMicrotask(() => {
          const { membership } = socket.data
          const line = { ...who(), requestId, showId: wasIn ?? membership?.room.showId, tookMs: Math.round(tookMs) }
          if (event === 'show:join' && code === 'ok' && wasIn === undefined) {
            logger.info({ ...line, sessionId: membership?.actor.sessionId }, 'joined')
          } else logger.debug({ ...line, event, code }, 'command')
        })
      }
    }

    socket.onAny(async (name: unknown, ...args: unknown[]) => {
      const event = String(name)
      const bytes = traffic.nextEventBytes()
      const kind = event.startsWith('media:') ? 'media' : 'other'
      const waitMs = windowOf(kind).take(nowMs())
      if (closeFlooding(kind)) return
      const last = args.at(-1)
      if (typeof last !== 'function') return
      const requestId = randomUUID()
      const settle = answerOnce(event, requestId, outcome => last(outcome))
      try {
        if (bytes > limits.messageBytes) {
          throw new CodedError('PAYLOAD_TOO_LARGE', `A message may have ${limits.messageBytes} bytes.`)
        }
        refuseOver(waitMs)
        const data = await span(
          `socket ${isClientEvent(event) ? event : 'unknown'}`,
          { 'ambient.request_id': requestId },
          async () => await answer(socket, event, args.slice(0, -1), early => settle({ ok: true, data: early }))
        )
        settle({ ok: true, data })
      } catch (error) {
        if (!(error instanceof CodedError)) logger.error({ ...who(), err: error, event, requestId }, 'a command failed')
        settle({ ok: false, error: toWireError(error, requestId) })
      }
    })
  }
}

function isClientEvent(event: string): event is ClientEventName {
  return Object.hasOwn(clientEvents, event)
}

function showIdOf(socket: AmbientSocket): string | undefined {
  return socket.data.membership?.room.showId
}

function refuseOver(waitMs: number): void {
  if (waitMs > 0) throw new CodedError('RATE_LIMITED', 'Too many at once; wait a moment.', { retryAfterMs: waitMs })
}
