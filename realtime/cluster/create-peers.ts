import type { Static, TSchema } from 'typebox'
import { CodedError, invalidRequest, type Issue, type WireError } from '../../contract/errors.ts'
import { nodeGone } from './bus-errors.ts'
import { decodeEnvelope, encodeAnswer, encodeError, encodeQuestion, type Answer, type Question } from './envelope.ts'
import type { Peers, PeersParts } from './peers.ts'

/** A question of this node that waits for its answer. */
interface Pending {
  readonly nodeId: string
  settle(outcome: Answer['outcome']): void
  fail(error: unknown): void
}

/** Throws VALIDATION for a body that does not fit the schema of its kind. */
type Handler = (body: unknown, from: string) => Promise<unknown>

/** Maximum number of nodes of which the last question is remembered. */
const maxSenders = 5000

/** Connects questions and answers to the bus, whose messages it takes all. */
export function createPeers({ bus, compile, logger, monotonicMs, observer = {} }: PeersParts): Peers {
  const pending = new Map<string, Pending>()
  const handlers = new Map<string, Handler>()
  /** The number of the last question of each node. Questions arrive in order. */
  const lastOf = new Map<string, number>()
  const logged = new Set<string>()
  let asked = 0

  function drop(reason: string, line: object = {}): void {
    observer.onDropped?.(reason)
    const kind = JSON.stringify([reason, line])
    if (logged.has(kind) || logged.size > maxSenders) return
    logged.add(kind)
    logger.warn({ reason, ...line }, 'message of another node dropped')
  }

  bus.onMessage(message => {
    const envelope = decodeEnvelope(message)
    if (typeof envelope === 'string') drop(envelope)
    else if ('re' in envelope) pending.get(envelope.re)?.settle(envelope.outcome)
    else if (isNew(envelope)) {
      answer(envelope).catch((err: unknown) => logger.error({ err, kind: envelope.kind }, 'answer to a node failed'))
    }
  })
  bus.onNodeLost(nodeId => {
    for (const question of [...pending.values()]) if (question.nodeId === nodeId) question.fail(nodeGone())
  })

  function isNew({ from, n }: Question): boolean {
    if (n <= (lastOf.get(from) ?? 0)) return false
    lastOf.delete(from)
    lastOf.set(from, n)
    const [oldest] = lastOf.keys()
    if (lastOf.size > maxSenders && oldest !== undefined) lastOf.delete(oldest)
    return true
  }

  async function answer({ id, from, kind, body }: Question): Promise<void> {
    const reply = await replyTo({ id, from, kind, body })
    try {
      await bus.send(from, reply)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'UNAVAILABLE') {
        logger.debug({ kind, from }, 'answer to a node not sent')
        return
      }
      logger.error({ err: error, kind, from }, 'answer to a node failed')
      await bus.send(from, encodeError(id, error)).catch(() => {})
    }
  }

  async function replyTo({ id, from, kind, body }: Omit<Question, 'n'>): Promise<string> {
    const handler = handlers.get(kind)
    if (!handler) {
      drop('unknown kind', { kind: kind.slice(0, 100) })
      return encodeError(id, new CodedError('VALIDATION', 'The node does not know this question.'))
    }
    try {
      return encodeAnswer(id, await handler(body, from))
    } catch (error) {
      if (!(error instanceof CodedError)) logger.error({ err: error, kind, from }, 'question of a node failed')
      return encodeError(id, error)
    }
  }

  async function ask<A>(nodeId: string, kind: string, body: unknown, timeoutMs: number): Promise<A> {
    const id = `${bus.nodeId}:${++asked}`
    const { promise, resolve, reject } = Promise.withResolvers<A>()
    const startedAtMs = monotonicMs()

    function end(code: string | null): boolean {
      if (!pending.delete(id)) return false
      clearTimeout(timer)
      observer.onAsked?.(kind, code, monotonicMs() - startedAtMs)
      return true
    }
    function fail(error: unknown): void {
      if (end(error instanceof CodedError ? error.code : 'INTERNAL')) reject(error)
    }
    const timer = setTimeout(() => {
      fail(new CodedError('UNAVAILABLE', 'Another node did not answer in time; try again.'))
    }, timeoutMs)

    pending.set(id, {
      nodeId,
      fail,
      settle(outcome) {
        if ('error' in outcome) return fail(errorOf(outcome.error))
        // The asking side names the type of the answers of a kind.
        if (end(null)) resolve(outcome.body as A)
      }
    })
    bus.send(nodeId, encodeQuestion(id, kind, body)).catch(fail)
    return await promise
  }

  return {
    ask,
    answer<S extends TSchema>(kind: string, schema: S, handler: (body: Static<S>, from: string) => Promise<unknown>) {
      if (handlers.has(kind)) throw new Error(`questions of kind ${kind} have a handler`)
      const check = compile(schema)
      const fits = (body: unknown, found: (issues: Issue[]) => void): body is Static<S> => {
        const issues = check(body)
        if (issues) found(issues)
        return issues === null
      }
      handlers.set(kind, async (body, from) => {
        let wrong: Issue[] = []
        if (fits(body, issues => (wrong = issues))) return await handler(body, from)
        drop('body does not fit', { kind })
        throw invalidRequest(wrong)
      })
    },
    close() {
      for (const question of [...pending.values()]) question.fail(nodeGone())
    }
  }
}

function errorOf({ code, message, ...details }: WireError): CodedError {
  return new CodedError(code, message, details)
}
