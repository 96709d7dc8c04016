import { CodedError } from '../../contract/errors.ts'
import type { Handlers } from '../sockets/gate.ts'
import type { HandshakeParts } from '../sockets/handshake.ts'

/** Keeping a socket beyond its first access token. */
export function authHandlers({ verifyAccess }: Pick<HandshakeParts, 'verifyAccess'>): Pick<Handlers, 'auth:refresh'> {
  return {
    async 'auth:refresh'(socket, { token }) {
      const verified = await verifyAccess(token)
      const { identity } = socket.data
      if (verified.userId !== identity.userId || verified.signInId !== identity.signInId) {
        throw new CodedError('FORBIDDEN', 'This token belongs to another person or session.')
      }
      // Never backwards: an older token of the same session shortens nothing.
      socket.data.expiresAtMs = Math.max(socket.data.expiresAtMs, verified.expiresAtMs)
      return { expiresAt: socket.data.expiresAtMs }
    }
  }
}
