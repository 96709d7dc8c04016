import type { FastifyBaseLogger } from 'fastify'
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { parsedObject } from './parsed-object.ts'

/** The way to other nodes. `realtime/` binds the bus between nodes. */
export interface FeedCarrier {
  announce(message: string): Promise<void>
  /** Called once, with the receiver of what other nodes announce. */
  onAnnounced(handler: (message: string) => void): void
}

/** News for the services of the other nodes. Without other nodes, publishing does nothing. */
export interface ClusterFeed {
  /** Sends a body, which is plain JSON, to the other nodes. News are lost while they cannot be reached. */
  publish(kind: string, body: unknown): void
  /** Calls the handler with the news of a kind from other nodes. A kind has one handler. */
  on<S extends TSchema>(kind: string, schema: S, handler: (body: Static<S>) => void | Promise<void>): void
}

/** The port as `realtime/` sees it. */
export type ClusterFeedPort = ClusterFeed & { bind(carrier: FeedCarrier): void }

/** A feed that reaches nobody: for scripts and tests of one service. */
export const noFeed: ClusterFeed = { publish() {}, on() {} }

const feedVersion = 1

export function createClusterFeed(logger: Pick<FastifyBaseLogger, 'warn' | 'error'>): ClusterFeedPort {
  const handlers = new Map<string, (body: unknown) => void | Promise<void>>()
  const logged = new Set<string>()
  let carrier: FeedCarrier | undefined

  function drop(reason: string, kind = ''): void {
    if (logged.has(reason + kind)) return
    logged.add(reason + kind)
    logger.warn({ reason, ...(kind !== '' && { kind }) }, 'news of another node dropped')
  }

  async function receive(message: string): Promise<void> {
    const { v, kind, body } = parsedObject(message) ?? {}
    if (v !== feedVersion || typeof kind !== 'string') return drop('not readable')
    const handler = handlers.get(kind)
    // A newer version may have more kinds. Their number has no bound.
    if (!handler) return drop('unknown kind')
    await handler(body)
  }

  return {
    publish(kind, body) {
      carrier?.announce(JSON.stringify({ v: feedVersion, kind, body })).catch((error: unknown) => {
        logger.warn({ kind, reason: error instanceof Error ? error.message : String(error) }, 'news not published')
      })
    },
    on(kind, schema, handler) {
      if (handlers.has(kind)) throw new Error(`news of kind ${kind} have a handler`)
      const validator = Compile(schema)
      handlers.set(kind, async body => {
        if (validator.Check(body)) await handler(body)
        else drop('body does not fit', kind)
      })
    },
    bind(bound) {
      carrier = bound
      bound.onAnnounced(message => {
        receive(message).catch((err: unknown) => logger.error({ err }, 'news of another node failed'))
      })
    }
  }
}
