import type { FastifyReply, FastifyRequest } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import type { AccessClaims, TokenService } from './tokens.ts'

/**
 * A hook that reads the access token of a request. It runs in onRequest, so that no body is read before. It calls
 * `done` synchronously unless it has to count a request without a valid token.
 */
export type Authenticate = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

export interface AuthenticationParts {
  tokens: Pick<TokenService, 'verifyAccess'>
  /** Counts a request without a valid token. Throws RATE_LIMITED. */
  countWithoutToken(request: FastifyRequest): Promise<void>
}

/** Creates the hooks that authenticate requests. */
export function createAuthentication({ tokens, countWithoutToken }: AuthenticationParts) {
  /** Counts a request without a valid token, and rejects it with the given error or with that of the count. */
  function reject(request: FastifyRequest, error: Error, done: (error: Error) => void): void {
    countWithoutToken(request).then(() => done(error), done)
  }

  /** Sets the caller of a request. Returns the reason why its token is not valid. */
  function findFault(request: FastifyRequest): CodedError | undefined {
    try {
      const token = bearerToken(request)
      request.caller = token === null ? null : tokens.verifyAccess(token)
      return undefined
    } catch (error) {
      if (error instanceof CodedError) return error
      throw error
    }
  }

  const recognize: Authenticate = (request, _reply, done) => {
    const fault = findFault(request)
    // An expired token was valid: clients use it a moment too long, and many of them may share one address.
    if (fault?.code === 'UNAUTHENTICATED') reject(request, fault, done)
    else done(fault)
  }

  const authenticate: Authenticate = (request, reply, done) => {
    recognize(request, reply, error => {
      if (error || request.caller) done(error)
      else reject(request, withoutToken(), done)
    })
  }

  const authenticateAccount: Authenticate = (request, reply, done) => {
    authenticate(request, reply, error => done(error ?? (request.caller?.guest === true ? notForGuests() : undefined)))
  }

  return { recognize, authenticate, authenticateAccount }
}

/**
 * Returns the caller of an authenticated request. Throws UNAUTHENTICATED without a token, on a route that takes none.
 */
export function callerOf({ caller }: Pick<FastifyRequest, 'caller'>): AccessClaims {
  if (!caller) throw withoutToken()
  return caller
}

/** Returns the caller of a request, who has an account. Throws UNAUTHENTICATED, and FORBIDDEN for a guest. */
export function accountOf(request: Pick<FastifyRequest, 'caller'>): AccessClaims {
  const caller = callerOf(request)
  if (caller.guest) throw notForGuests()
  return caller
}

function withoutToken(): CodedError {
  return new CodedError('UNAUTHENTICATED', 'Send an access token.')
}

function notForGuests(): CodedError {
  return new CodedError('FORBIDDEN', 'Guests can listen and react; sign in to do more.')
}

const bearerScheme = /^Bearer +(\S+)$/i

function bearerToken({ headers: { authorization } }: FastifyRequest): string | null {
  if (authorization === undefined) return null
  const token = bearerScheme.exec(authorization)?.[1]
  if (token === undefined) throw new CodedError('UNAUTHENTICATED', 'Send the access token as Authorization: Bearer.')
  return token
}
