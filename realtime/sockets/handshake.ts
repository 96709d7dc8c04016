import type { FastifyBaseLogger } from 'fastify'
import { CodedError, toWireError, type ErrorCode } from '../../contract/errors.ts'
import type { Person } from '../../contract/users.ts'
import type { AccessClaims } from '../../plugins/app/identity/tokens.ts'
import { answeredError } from './answered-error.ts'
import type { PersonSockets } from './person-sockets.ts'
import type { AmbientServer, AmbientSocket, Identity } from './socket-data.ts'

export interface HandshakeParts {
  /** Throws UNAUTHENTICATED or TOKEN_EXPIRED. */
  verifyAccess(token: string): Promise<AccessClaims>
  findPerson(userId: string): Promise<Person | undefined>
  isDraining(): boolean
  /** Whether guests may connect. */
  allowsGuests: boolean
  personSockets: PersonSockets
  maxSocketsPerPerson: number
  /** Called for every handshake: ok, or the code it was refused with. */
  onHandshake(outcome: 'ok' | ErrorCode): void
  logger: FastifyBaseLogger
}

/** Maximum length of an access token. */
const maxTokenLength = 4096

/**
 * Admits sockets by their access token. A refused handshake carries `err.data.code`: UNAUTHENTICATED, TOKEN_EXPIRED,
 * RATE_LIMITED (too many sockets of one person), UNAVAILABLE. A connection has one handshake and one socket, and ends
 * with it.
 */
export function guardHandshake(io: AmbientServer, parts: HandshakeParts): void {
  const seen = new WeakSet<AmbientSocket['conn']>()

  async function admit(socket: AmbientSocket): Promise<void> {
    if (parts.isDraining()) {
      throw new CodedError('UNAVAILABLE', 'The server is about to stop; connect again in a moment.', {
        retryAfterMs: 1000
      })
    }
    const { token } = socket.handshake.auth
    if (typeof token !== 'string' || token === '' || token.length > maxTokenLength) {
      throw new CodedError('UNAUTHENTICATED', 'Connect with an access token in auth.token.')
    }
    const claims = await parts.verifyAccess(token)
    if (claims.guest && !parts.allowsGuests) {
      throw new CodedError('UNAUTHENTICATED', 'This server no longer admits guests; sign in.')
    }
    const person = await parts.findPerson(claims.userId)
    if (!person) throw new CodedError('UNAUTHENTICATED', 'This account is gone.')
    await countSocket(socket, claims.userId)
    socket.data.identity = identityOf(person, claims)
    socket.data.membership = null
    socket.data.playerSongId = null
    socket.data.expiresAtMs = claims.expiresAtMs
  }

  /** Counts the connection until it closes, also when it never becomes a socket. */
  async function countSocket({ conn }: AmbientSocket, userId: string): Promise<void> {
    const stopCounting = await parts.personSockets.add(userId)
    if (stopCounting === null) {
      throw new CodedError('RATE_LIMITED', `One person may have ${parts.maxSocketsPerPerson} sockets.`, {
        retryAfterMs: 1000
      })
    }
    if (conn.readyState === 'closed') {
      stopCounting()
      throw new CodedError('UNAVAILABLE', 'The connection was lost in the meantime.')
    }
    conn.once('close', stopCounting)
  }

  function refuse(socket: AmbientSocket, cause: unknown, next: (error: Error) => void): void {
    const error = answeredError(cause, { logger: parts.logger, message: 'handshake failed' })
    const { message, ...rest } = toWireError(error)
    parts.onHandshake(rest.code)
    next(Object.assign(new Error(message), { data: { ...rest, message } }))
    // After the answer, which is sent in the next tick.
    setImmediate(() => socket.conn.close())
  }

  io.use((socket, next) => {
    const { conn } = socket
    // A second handshake on the same connection would start with fresh limits.
    if (seen.has(conn)) {
      conn.close()
      return next(new Error('A connection has one handshake.'))
    }
    seen.add(conn)
    socket.once('disconnect', () => conn.close())
    admit(socket).then(
      () => {
        parts.onHandshake('ok')
        next()
      },
      (error: unknown) => refuse(socket, error, next)
    )
  })
}

function identityOf(person: Person, { userId, guest, signInId }: AccessClaims): Identity {
  return { userId, displayName: person.displayName, avatarUrl: person.avatarUrl, guest, signInId }
}
