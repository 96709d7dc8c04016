import type { FastifyBaseLogger } from 'fastify'
import type { Sessions } from '../../plugins/app/identity/sessions.ts'
import type { Bus } from '../cluster/bus.ts'
import { expire } from './expiry.ts'
import type { AmbientSocket } from './socket-data.ts'

const pollRevokedMs = 1000

export interface SignOutsParts {
  sessions: Pick<Sessions, 'bindConnections' | 'onRevoked' | 'pollRevoked'>
  sockets(): Iterable<AmbientSocket>
  bus: Pick<Bus, 'isSure' | 'onReconnected'>
  /** Whether other nodes share the bus. */
  isShared: boolean
  logger: Pick<FastifyBaseLogger, 'warn'>
}

/** Closes the sockets of sign-ins that ended, on this node or another one. */
export function followSignOuts({ sessions, sockets, bus, isShared, logger }: SignOutsParts): { close(): void } {
  sessions.bindConnections(userId =>
    [...sockets()].flatMap(({ data: { identity } }) => (identity.userId === userId ? [identity.signInId] : []))
  )
  sessions.onRevoked(signInIds => {
    const ended = new Set(signInIds)
    for (const socket of sockets()) if (ended.has(socket.data.identity.signInId)) expire(socket)
  })

  // Sign-outs of other nodes may not arrive while Redis is away.
  function pollRevoked(): void {
    sessions.pollRevoked().catch((error: unknown) => logger.warn({ err: error }, 'sign-outs not looked for'))
  }
  const timer = setInterval(() => {
    if (!bus.isSure()) pollRevoked()
  }, pollRevokedMs).unref()
  if (isShared) bus.onReconnected(pollRevoked)

  return { close: () => clearInterval(timer) }
}
