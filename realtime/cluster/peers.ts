import type { FastifyBaseLogger } from 'fastify'
import type { Static, TSchema } from 'typebox'
import type { Issue } from '../../contract/errors.ts'
import type { Bus } from './bus.ts'

/** Hears about questions, for metrics. */
export interface PeersObserver {
  /** A question of this node was answered, or given up, after this time, ms. `code` is null for a success. */
  onAsked?(kind: string, code: string | null, ms: number): void
  /** A message was dropped: it is not readable, or its kind or body is not known. */
  onDropped?(reason: string): void
}

/** Parts of questions and answers. */
export interface PeersParts {
  bus: Pick<Bus, 'nodeId' | 'send' | 'onMessage' | 'onNodeLost'>
  /** Compiles a schema into a check that returns the places that do not fit, or null. */
  compile(schema: TSchema): (data: unknown) => Issue[] | null
  logger: FastifyBaseLogger
  monotonicMs: () => number
  observer?: PeersObserver
}

/**
 * Questions to other nodes and their answers, over the bus. A question has a kind, which names its handler. Bodies are
 * plain JSON and are checked by the schema of their kind.
 */
export interface Peers {
  /**
   * Asks a node. Throws the CodedError with which its handler refused, and UNAVAILABLE when no answer arrives in time
   * or the node is lost.
   */
  ask<A>(nodeId: string, kind: string, body: unknown, timeoutMs: number): Promise<A>
  /** Answers the questions of a kind. What the handler throws reaches the asking node as a CodedError. */
  answer<S extends TSchema>(kind: string, schema: S, handler: (body: Static<S>, from: string) => Promise<unknown>): void
  /** Lets all questions fail that wait for an answer. */
  close(): void
}
