import { CodedError } from '../../contract/errors.ts'
import type { Handlers } from '../sockets/gate.ts'
import type { HandshakeParts } from '../sockets/handshake.ts'

/** Handler that keeps a socket open beyond its first access token. */
export function authHandlers({ verifyAccess }: Pick<HandshakeParts, 'verifyAccess'>): Pick<Handlers, 'auth:refresh'> {
  return {
    async 'auth:refresh'(socket, { token }) {
      const claims = await verifyAccess(token)
      const { identity } = socket.data
      if (claims.userId !== identity.userId || claims.signInId !== identity.signInId) {
        throw new CodedError('FORBIDDEN', 'This token belongs to another person or session.')
      }
      // An older token of the same sign-in does not shorten the time.
      socket.data.expiresAtMs = Math.max(socket.data.expiresAtMs, claims.expiresAtMs)
      return { expiresAt: socket.data.expiresAtMs }
    }
  }
}
