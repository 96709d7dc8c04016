import type { JWT } from '@fastify/jwt'
import { Type } from 'typebox'
import type { NamedKey } from '../../../config/config.ts'
import type { Tokens } from '../../../contract/auth.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { User } from '../../../contract/users.ts'
import type { Validator } from '../http/validation.ts'
import type { SignIn } from './sessions.ts'

/** Claims of a verified access token. */
export interface AccessClaims {
  readonly userId: string
  /** The sign-in the token was issued for: `sid` in the token. */
  readonly signInId: string
  readonly guest: boolean
  readonly expiresAtMs: number
}

interface DecodedToken {
  header: { kid: string }
  payload: { sub: string; sid: string; guest: boolean; exp: number }
}

const DecodedToken = Type.Object({
  header: Type.Object({ kid: Type.String() }),
  payload: Type.Object({ sub: Type.String(), sid: Type.String(), guest: Type.Boolean(), exp: Type.Number() })
})

/** Maximum number of verified tokens that are cached. */
const maxCachedTokens = 10_000

export interface TokensParts {
  jwt: JWT
  /** Keys that verify tokens, by their `kid`. */
  keys: readonly NamedKey[]
  ttlMs: number
  validator: Validator
  isRevoked(signInId: string): boolean
}

export type TokenService = ReturnType<typeof createTokens>

/** Issues and verifies access tokens: short-lived, signed, verified without the database. */
export function createTokens({ jwt, keys, ttlMs, validator, isRevoked }: TokensParts) {
  const secrets = new Map(keys.map(({ kid, secret }) => [kid, secret]))
  const findIssues = validator.compile(DecodedToken)
  const isToken = (decoded: unknown): decoded is DecodedToken => findIssues(decoded) === null

  // A client sends the same token with all its requests. Verifying its signature each time was half the cost of a small
  // request.
  const cache = new Map<string, AccessClaims>()

  function remember(token: string, claims: AccessClaims): AccessClaims {
    const [oldest] = cache.keys()
    if (cache.size >= maxCachedTokens && oldest !== undefined) cache.delete(oldest)
    cache.set(token, claims)
    return claims
  }

  /**
   * Returns the claims of a token that one of our keys has signed and that has not expired. A token is invalid from
   * the moment of `exp` on (RFC 7519, section 4.1.4); fast-jwt 6.3.6 still accepts it in that millisecond.
   */
  function verify(token: string): AccessClaims {
    const claims = cache.get(token) ?? remember(token, claimsOf(verifySignature(token)))
    if (claims.expiresAtMs > Date.now()) return claims
    cache.delete(token)
    throw expired()
  }

  function verifySignature(token: string): DecodedToken['payload'] {
    try {
      const decoded: unknown = jwt.decode<object>(token, { complete: true })
      const key = isToken(decoded) ? secrets.get(decoded.header.kid) : undefined
      if (key !== undefined && isToken(decoded)) {
        jwt.verify(token, { key, algorithms: ['HS256'] })
        return decoded.payload
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'FAST_JWT_EXPIRED') throw expired()
    }
    throw new CodedError('UNAUTHENTICATED', 'The access token is not valid.')
  }

  return {
    /** Returns the answer of a sign-in. */
    issue(user: User, { signInId, refreshToken }: SignIn): Tokens {
      const exp = Math.ceil((Date.now() + ttlMs) / 1000)
      const accessToken = jwt.sign({ sub: user.id, sid: signInId, guest: user.guest, exp })
      return { accessToken, refreshToken, expiresIn: Math.floor(ttlMs / 1000), user }
    },

    /** Throws UNAUTHENTICATED (also for a revoked sign-in), TOKEN_EXPIRED. */
    verifyAccess(token: string): AccessClaims {
      const claims = verify(token)
      if (isRevoked(claims.signInId)) {
        throw new CodedError('UNAUTHENTICATED', 'This session has ended; sign in again.')
      }
      return claims
    }
  }
}

/** Returns frozen claims, because all requests with the token share them. */
function claimsOf({ sub, sid, guest, exp }: DecodedToken['payload']): AccessClaims {
  return Object.freeze({ userId: sub, signInId: sid, guest, expiresAtMs: exp * 1000 })
}

function expired(): CodedError {
  return new CodedError('TOKEN_EXPIRED', 'The access token has expired; refresh it.')
}
