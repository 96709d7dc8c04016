import type { FastifyBaseLogger } from 'fastify'
import { CodedError, toWireError, type ErrorCode } from '../../contract/errors.ts'
import type { Person } from '../../contract/users.ts'
import type { AccessClaims } from '../../plugins/app/identity/tokens.ts'
import type { AmbientServer, AmbientSocket, Identity } from './socket-data.ts'

export interface HandshakeParts {
  /** Throws UNAUTHENTICATED or TOKEN_EXPIRED. */
  verifyAccess(token: string): Promise<AccessClaims>
  findPerson(userId: string): Promise<Person | undefined>
  isDraining(): boolean
  /** Whether guests may come in. */
  takesGuests: boolean
  socketsPerPerson: number
  /** Every handshake: ok, or the code it was refused with. */
  onKnock(outcome: 'ok' | ErrorCode): void
  logger: FastifyBaseLogger
}

/** Longest access token worth looking at. */
const tokenLength = 4096

/**
 * Lets a socket in by its access token. A refused handshake carries `err.data.code`: UNAUTHENTICATED, TOKEN_EXPIRED,
 * RATE_LIMITED (too many sockets of one person), UNAVAILABLE. A connection has one handshake and one socket, and ends with it.
 */
export function guardHandshake(io: AmbientServer, parts: HandshakeParts): void {
  const perPerson = new Map<string, number>()
  const greeted = new WeakSet<AmbientSocket['conn']>()

  async function admit(socket: AmbientSocket): Promise<void> {
    if (parts.isDraining()) {
      throw new CodedError('UNAVAILABLE', 'The server is about to stop; connect again in a moment.', {
        retryAfterMs: 1000
      })
    }
    const { token } = socket.handshake.auth
    if (typeof token !== 'string' || token === '' || token.length > tokenLength) {
      throw new CodedError('UNAUTHENTICATED', 'Connect with an access token in auth.token.')
    }
    const verified = await parts.verifyAccess(token)
    if (verified.guest && !parts.takesGuests) {
      throw new CodedError('UNAUTHENTICATED', 'There are no guests here any more; sign in.')
    }
    const person = await parts.findPerson(verified.userId)
    if (!person) throw new CodedError('UNAUTHENTICATED', 'This account is gone.')
    takePlace(socket, verified.userId)
    socket.data.identity = identityOf(person, verified)
    socket.data.membership = null
    socket.data.expiresAtMs = verified.expiresAtMs
  }

  /** Counted from here until the connection closes, also when it never becomes a socket. */
  function takePlace(socket: AmbientSocket, userId: string): void {
    if (socket.conn.readyState === 'closed') throw new CodedError('UNAVAILABLE', 'The connection was lost meanwhile.')
    const count = perPerson.get(userId) ?? 0
    if (count >= parts.socketsPerPerson) {
      throw new CodedError('RATE_LIMITED', `One person may have ${parts.socketsPerPerson} sockets.`, {
        retryAfterMs: 1000
      })
    }
    perPerson.set(userId, count + 1)
    socket.conn.once('close', () => {
      const left = (perPerson.get(userId) ?? 1) - 1
      if (left > 0) perPerson.set(userId, left)
      else perPerson.delete(userId)
    })
  }

  function refuse(socket: AmbientSocket, error: unknown, next: (error: Error) => void): void {
    if (!(error instanceof CodedError)) parts.logger.error({ err: error }, 'a handshake failed')
    const { message, ...rest } = toWireError(error)
    parts.onKnock(rest.code)
    next(Object.assign(new Error(message), { data: { ...rest, message } }))
    // After the answer, which goes out in the next tick.
    setImmediate(() => socket.conn.close())
  }

  io.use((socket, next) => {
    const { conn } = socket
    // A second one on the same connection would start with fresh limits.
    if (greeted.has(conn)) {
      conn.close()
      return next(new Error('A connection has one handshake.'))
    }
    greeted.add(conn)
    socket.once('disconnect', () => conn.close())
    admit(socket).then(
      () => {
        parts.onKnock('ok')
        next()
      },
      (error: unknown) => refuse(socket, error, next)
    )
  })
}

function identityOf(person: Person, { userId, guest, signInId }: AccessClaims): Identity {
  return { userId, displayName: person.displayName, avatarUrl: person.avatarUrl, guest, signInId }
}
