import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { AccessClaims } from './tokens.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Demands a good access token. Throws UNAUTHENTICATED, TOKEN_EXPIRED, RATE_LIMITED. */
    authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void>
    /** Demands the access token of an account: what guests may not do is refused here. Throws UNAUTHENTICATED, TOKEN_EXPIRED, FORBIDDEN, RATE_LIMITED. */
    authenticateAccount(request: FastifyRequest, reply: FastifyReply): Promise<void>
    /** Takes an access token where one is sent: what is sent must be good. */
    recognize(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
  interface FastifyRequest {
    caller: AccessClaims | null
  }
}

/** Who asks. Throws UNAUTHENTICATED on a route that let nobody-in-particular in. */
export function callerOf({ caller }: FastifyRequest): AccessClaims {
  if (!caller) throw new CodedError('UNAUTHENTICATED', 'Send an access token.')
  return caller
}

function bearer({ headers: { authorization } }: FastifyRequest): string | null {
  if (authorization === undefined) return null
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (token === undefined) throw new CodedError('UNAUTHENTICATED', 'Send the access token as Authorization: Bearer.')
  return token
}

export default fp(
  async app => {
    app.decorateRequest('caller', null)

    async function recognize(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      try {
        const token = bearer(request)
        request.caller = token === null ? null : await app.tokens.verifyAccess(token)
      } catch (error) {
        // One that is over was good: people keep it a moment too long, and many of them may be behind one address.
        if (error instanceof CodedError && error.code === 'UNAUTHENTICATED') await app.countBadToken(request, reply)
        throw error
      }
    }

    app.decorate('recognize', recognize)
    app.decorate('authenticate', async (request, reply) => {
      await recognize(request, reply)
      callerOf(request)
    })
    app.decorate('authenticateAccount', async (request, reply) => {
      await recognize(request, reply)
      if (callerOf(request).guest) throw new CodedError('FORBIDDEN', 'Guests can listen and react; sign in to do more.')
    })
  },
  { name: 'authenticate', dependencies: ['tokens', 'rate-limit'] }
)
