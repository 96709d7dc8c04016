import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { CodedError, invalidRequest, type Issue } from '../../../contract/errors.ts'
import type { Peers } from '../../../realtime/cluster/peers.ts'

/** Compiles a schema as the application does. */
export function compile(schema: TSchema): (data: unknown) => Issue[] | null {
  const validator = Compile(schema)
  return data => (validator.Check(data) ? null : [{ path: '', message: 'does not fit the question' }])
}

/** A question as it crosses the bus. */
export interface SentQuestion {
  from: string
  to: string
  kind: string
  body: unknown
  answer?: unknown
}

/** Questions between nodes in one process, over JSON. */
export interface FakePeers {
  join(nodeId: string): Peers
  readonly questions: SentQuestion[]
  /** Called before a question arrives; it may throw or wait. */
  onQuestion: (question: SentQuestion) => void | Promise<void>
  /** Called before an answer arrives. */
  onAnswer: (question: SentQuestion) => void | Promise<void>
}

type Handler = (body: unknown, from: string) => Promise<unknown>

export function createFakePeers(): FakePeers {
  const nodes = new Map<string, Map<string, Handler>>()
  const network: FakePeers = {
    questions: [],
    onQuestion() {},
    onAnswer() {},
    join(nodeId) {
      const handlers = new Map<string, Handler>()
      nodes.set(nodeId, handlers)
      return {
        async ask<A>(to: string, kind: string, body: unknown): Promise<A> {
          const question: SentQuestion = { from: nodeId, to, kind, body: copy(body) }
          network.questions.push(question)
          await network.onQuestion(question)
          const handler = nodes.get(to)?.get(kind)
          if (!handler) throw new CodedError('UNAVAILABLE', 'The node does not answer.')
          question.answer = copy(await handler(question.body, nodeId))
          await network.onAnswer(question)
          return question.answer as A
        },
        answer<S extends TSchema>(
          kind: string,
          schema: S,
          handler: (body: Static<S>, from: string) => Promise<unknown>
        ) {
          const findIssues = compile(schema)
          handlers.set(kind, async (body, from) => {
            const issues = findIssues(body)
            if (issues) throw invalidRequest(issues)
            return await handler(body as Static<S>, from)
          })
        },
        close() {}
      }
    }
  }
  return network
}

function copy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
