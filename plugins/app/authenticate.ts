import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../contract/errors.ts'
import type { AccessClaims } from './tokens.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Demands a good access token. Throws UNAUTHENTICATED, TOKEN_EXPIRED. */
    authenticate (request: FastifyRequest): Promise<void>
    /** Demands the access token of an account: what guests may not do is refused here. Throws UNAUTHENTICATED, TOKEN_EXPIRED, FORBIDDEN. */
    authenticateAccount (request: FastifyRequest): Promise<void>
    /** Takes an access token where one is sent: what is sent must be good. */
    recognize (request: FastifyRequest): Promise<void>
  }
  interface FastifyRequest { caller: AccessClaims | null }
}

/** Who asks. Throws UNAUTHENTICATED on a route that let nobody-in-particular in. */
export function callerOf ({ caller }: FastifyRequest): AccessClaims {
  if (!caller) throw new CodedError('UNAUTHENTICATED', 'Send an access token.')
  return caller
}

function bearer ({ headers: { authorization } }: FastifyRequest): string | null {
  if (authorization === undefined) return null
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (token === undefined) throw new CodedError('UNAUTHENTICATED', 'Send the access token as Authorization: Bearer.')
  return token
}

export default fp(async app => {
  app.decorateRequest('caller', null)

  async function recognize (request: FastifyRequest): Promise<void> {
    const token = bearer(request)
    request.caller = token === null ? null : await app.tokens.verifyAccess(token)
  }

  app.decorate('recognize', recognize)
  app.decorate('authenticate', async request => {
    await recognize(request)
    callerOf(request)
  })
  app.decorate('authenticateAccount', async request => {
    await recognize(request)
    if (callerOf(request).guest) throw new CodedError('FORBIDDEN', 'Guests can listen and react; sign in to do more.')
  })
}, { name: 'authenticate', dependencies: ['tokens'] })
