import type { FastifyReply, FastifyRequest } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import type { AccessClaims, TokenService } from './tokens.ts'

/** A hook that reads the access token of a request. It runs in onRequest, so that no body is read before. */
export type Authenticate = (request: FastifyRequest, reply: FastifyReply) => Promise<void>

export interface AuthenticationParts {
  tokens: Pick<TokenService, 'verifyAccess'>
  /** Counts a request without a valid token. Throws RATE_LIMITED. */
  countWithoutToken(request: FastifyRequest): Promise<void>
}

/** Creates the hooks that authenticate requests. */
export function createAuthentication({ tokens, countWithoutToken }: AuthenticationParts) {
  async function recognize(request: FastifyRequest): Promise<void> {
    try {
      const token = bearerToken(request)
      request.caller = token === null ? null : await tokens.verifyAccess(token)
    } catch (error) {
      // An expired token was valid: clients use it a moment too long, and many of them may share one address.
      if (error instanceof CodedError && error.code === 'UNAUTHENTICATED') await countWithoutToken(request)
      throw error
    }
  }

  async function identify(request: FastifyRequest): Promise<AccessClaims> {
    await recognize(request)
    if (!request.caller) await countWithoutToken(request)
    return callerOf(request)
  }

  return {
    recognize,

    async authenticate(request: FastifyRequest): Promise<void> {
      await identify(request)
    },

    async authenticateAccount(request: FastifyRequest): Promise<void> {
      await identify(request)
      accountOf(request)
    }
  }
}

/**
 * Returns the caller of an authenticated request. Throws UNAUTHENTICATED without a token, on a route that takes none.
 */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): AccessClaims {
  if (!caller) throw new CodedError('UNAUTHENTICATED', 'Send an access token.')
  return caller
}

/** Returns the caller of a request, who has an account. Throws UNAUTHENTICATED, and FORBIDDEN for a guest. */
export function accountOf(request: Pick<FastifyRequest, 'caller'>): AccessClaims {
  const caller = callerOf(request)
  if (caller.guest) throw new CodedError('FORBIDDEN', 'Guests can listen and react; sign in to do more.')
  return caller
}

function bearerToken({ headers: { authorization } }: FastifyRequest): string | null {
  if (authorization === undefined) return null
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  if (token === undefined) throw new CodedError('UNAUTHENTICATED', 'Send the access token as Authorization: Bearer.')
  return token
}
