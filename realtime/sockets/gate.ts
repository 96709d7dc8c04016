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
import { answeredError } from './answered-error.ts'
import {
  countPersonal,
  createPersonalLimits,
  createSocketLimits,
  isProtecting,
  kindOf,
  refuseWhile,
  type EventLimits,
  type PacketKind,
  type PersonalLimits
} from './event-limits.ts'
import { watchPacketSizes } from './packet-sizes.ts'
import type { AmbientSocket } from './socket-data.ts'

/**
 * Answers a command before its handler returns, for answers that have a place among the room's events. The returned
 * answer is then not sent again.
 */
export type AnswerNow<E extends ClientEventName> = (data: AckData<E>) => void

/** One handler for each client event. Its payload fits the event's schema; rules live in the room, not here. */
export type Handlers = {
  readonly [E in ClientEventName]: (
    socket: AmbientSocket,
    payload: Payload<E>,
    answerNow: AnswerNow<E>
  ) => Promise<AckData<E>>
}

export interface GateParts {
  handlers: Handlers
  limits: EventLimits
  /** Counts events per person; shared with the home, which counts those that other nodes forward. */
  personalLimits?: PersonalLimits
  /** Compiles a schema into the check that REST uses too: it returns the places that do not fit, or null. */
  compile(schema: TSchema): (data: unknown) => Issue[] | null
  /**
   * Time until a person may comment again, ms. The handler of comments counts them, not the gate, because a repetition
   * does not count.
   */
  commentWaitMs(userId: string): number
  logger: FastifyBaseLogger
  /** The time of rate windows. A step of the wall clock must not extend them. */
  monotonicMs: () => number
  observer?: GateObserver
  /** Records a span for every command, where tracing is on. */
  span?: Span | undefined
}

/** Counts what passes the gate. `event` is the name the client sent. */
export interface GateObserver {
  onAnswered(event: string, code: 'ok' | ErrorCode, durationMs: number): void
  onFloodingClosed(): void
}

const runUntraced: Span = async (_name, _facts, task) => await task()
const noObserver: GateObserver = { onAnswered() {}, onFloodingClosed() {} }

/**
 * Returns the gate, which is called for each new socket: every message passes size → rate → schema → handler, and every
 * command with an acknowledgement gets exactly one answer. A message without acknowledgement cannot be answered and is
 * dropped.
 */
export function createGate(parts: GateParts): (socket: AmbientSocket) => void {
  const { handlers, limits, logger, monotonicMs, observer = noObserver, span = runUntraced } = parts
  const checks = new Map(Object.entries(clientEvents).map(([event, { payload }]) => [event, parts.compile(payload)]))
  const { personalLimits = createPersonalLimits(limits) } = parts

  async function handle<E extends ClientEventName>(
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
    const { userId } = socket.data.identity
    const check = checks.get(event)
    if (!check || !isClientEvent(event)) throw new CodedError('UNKNOWN_EVENT', 'There is no such event.')
    countPersonal(personalLimits, event, args[0], userId, monotonicMs())
    if (args.length !== 1) {
      throw new CodedError('VALIDATION', 'An event takes one payload object and an acknowledgement.', {
        issues: [{ path: '', message: 'must be one object' }]
      })
    }
    const [payload] = args
    const issues = check(payload)
    // A comment that cannot be a repetition of an earlier one has to wait.
    const isNewComment = event === 'comment:send' && (issues !== null || findShowId(socket) === undefined)
    if (isNewComment) refuseWhile(parts.commentWaitMs(userId))
    if (issues) throw new CodedError('VALIDATION', 'The payload does not fit.', { issues })
    return await handle(socket, event, payload as Payload<typeof event>, answerNow)
  }

  /** Returns a function that answers the first time it is called, and records the answer. */
  function answerOnce(
    socket: AmbientSocket,
    event: string,
    requestId: string,
    acknowledge: (outcome: Ack<unknown>) => void
  ): (outcome: Ack<unknown>) => void {
    const showIdBefore = findShowId(socket)
    const arrivedAtMs = performance.now()
    let isAnswered = false
    return outcome => {
      if (isAnswered) return
      isAnswered = true
      acknowledge(outcome)
      const code = outcome.ok ? 'ok' : outcome.error.code
      const tookMs = performance.now() - arrivedAtMs
      observer.onAnswered(event, code, tookMs)
      // A join is answered before the socket has its membership.
      queueMicrotask(() => logAnswer(socket, { event, requestId, code, tookMs, showIdBefore }))
    }
  }

  /** Logs a join at level info, every other answer at level debug. */
  function logAnswer(
    socket: AmbientSocket,
    answered: { event: string; requestId: string; code: string; tookMs: number; showIdBefore: string | undefined }
  ): void {
    const { event, requestId, code, showIdBefore } = answered
    const { membership } = socket.data
    const line = {
      ...idsOf(socket),
      requestId,
      showId: showIdBefore ?? membership?.room.showId,
      tookMs: Math.round(answered.tookMs)
    }
    const hasJoined = event === 'show:join' && code === 'ok' && showIdBefore === undefined
    if (hasJoined) logger.info({ ...line, presenceId: membership?.actor.presenceId }, 'joined')
    else logger.debug({ ...line, event, code }, 'command answered')
  }

  return socket => {
    const socketLimits = createSocketLimits(limits)
    const sizes = watchPacketSizes(socket, () => {
      socketLimits.take('stray', monotonicMs())
      closeIfFlooding('stray')
    })

    function closeIfFlooding(kind: PacketKind): boolean {
      if (!socketLimits.isFlooding(kind, monotonicMs())) return false
      logger.warn({ ...idsOf(socket), kind }, 'flooding socket closed')
      observer.onFloodingClosed()
      socket.disconnect(true)
      return true
    }

    socket.onAny(async (name: unknown, ...args: unknown[]) => {
      const event = String(name)
      const bytes = sizes.nextEventBytes()
      const kind = kindOf(event)
      const waitMs = socketLimits.take(kind, monotonicMs())
      if (closeIfFlooding(kind)) return
      const acknowledge = args.at(-1)
      if (typeof acknowledge !== 'function') return
      const requestId = randomUUID()
      const settle = answerOnce(socket, event, requestId, outcome => acknowledge(outcome))
      try {
        if (bytes > limits.messageBytes) {
          throw new CodedError('PAYLOAD_TOO_LARGE', `A message may have ${limits.messageBytes} bytes.`)
        }
        if (!isProtecting(event, args[0])) refuseWhile(waitMs)
        const data = await span(
          `socket ${isClientEvent(event) ? event : 'unknown'}`,
          { 'ambient.request_id': requestId },
          async () => await answer(socket, event, args.slice(0, -1), early => settle({ ok: true, data: early }))
        )
        settle({ ok: true, data })
      } catch (cause) {
        const line = { ...idsOf(socket), event, requestId }
        const error = answeredError(cause, { logger, line, message: 'command failed' })
        settle({ ok: false, error: toWireError(error, requestId) })
      }
    })
  }
}

function isClientEvent(event: string): event is ClientEventName {
  return Object.hasOwn(clientEvents, event)
}

function idsOf(socket: AmbientSocket): { socketId: string; userId: string } {
  return { socketId: socket.id, userId: socket.data.identity.userId }
}

function findShowId(socket: AmbientSocket): string | undefined {
  return socket.data.membership?.room.showId
}
