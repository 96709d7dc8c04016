import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Type } from 'typebox'
import type { Tokens } from '../../../contract/auth.ts'
import { CodedError } from '../../../contract/errors.ts'
import type { User } from '../../../contract/users.ts'
import type { SignIn } from './sessions.ts'

declare module 'fastify' {
  interface FastifyInstance {
    tokens: TokenService
  }
}

/** What an access token says. */
export interface AccessClaims {
  userId: string
  /** The sign-in the token was issued for: `sid` in the token. */
  signInId: string
  guest: boolean
  expiresAtMs: number
}

interface Decoded {
  header: { kid: string }
  payload: { sub: string; sid: string; guest: boolean; exp: number }
}

const Decoded = Type.Object({
  header: Type.Object({ kid: Type.String() }),
  payload: Type.Object({ sub: Type.String(), sid: Type.String(), guest: Type.Boolean(), exp: Type.Number() })
})

/** So many tokens that were found good are known again. */
const rememberedTokens = 10_000

export type TokenService = ReturnType<typeof createTokens>

/** Access tokens: short-lived, signed, verified without the database. */
export function createTokens(app: FastifyInstance) {
  const keys = new Map(app.config.JWT_KEYS.map(({ kid, secret }) => [kid, secret]))
  const misfits = app.validator.compile(Decoded)
  const fits = (decoded: unknown): decoded is Decoded => misfits(decoded) === null
  const ttlMs = app.config.ACCESS_TOKEN_TTL_MS

  // A client sends one token with all its requests, and a signature stays good: checking it once is half the cost of a small request.
  const known = new Map<string, Decoded['payload']>()

  function remember(token: string, payload: Decoded['payload']): Decoded['payload'] {
    const [oldest] = known.keys()
    if (known.size >= rememberedTokens && oldest !== undefined) known.delete(oldest)
    known.set(token, payload)
    return payload
  }

  /** The token's content, if one of our keys signed it and it is not over. */
  function verified(token: string): Decoded['payload'] {
    const payload = known.get(token)
    if (!payload) return remember(token, verifiedAnew(token))
    if (payload.exp * 1000 > Date.now()) return payload
    known.delete(token)
    throw expired()
  }

  function verifiedAnew(token: string): Decoded['payload'] {
    try {
      const decoded: unknown = app.jwt.decode<object>(token, { complete: true })
      const key = fits(decoded) ? keys.get(decoded.header.kid) : undefined
      if (key !== undefined && fits(decoded)) {
        app.jwt.verify(token, { key, algorithms: ['HS256'] })
        return decoded.payload
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'FAST_JWT_EXPIRED') throw expired()
    }
    throw new CodedError('UNAUTHENTICATED', 'The access token is not good.')
  }

  return {
    /** What signing in answers. */
    issue(user: User, { signInId, refreshToken }: SignIn): Tokens {
      const exp = Math.ceil((Date.now() + ttlMs) / 1000)
      const accessToken = app.jwt.sign({ sub: user.id, sid: signInId, guest: user.guest, exp })
      return { accessToken, refreshToken, expiresIn: Math.floor(ttlMs / 1000), user }
    },

    /** Throws UNAUTHENTICATED (also when the session was revoked), TOKEN_EXPIRED. */
    async verifyAccess(token: string): Promise<AccessClaims> {
      const { sub, sid, guest, exp } = verified(token)
      if (app.sessions.isRevoked(sid)) throw new CodedError('UNAUTHENTICATED', 'This session is over; sign in again.')
      return { userId: sub, signInId: sid, guest, expiresAtMs: exp * 1000 }
    }
  }
}

function expired(): CodedError {
  return new CodedError('TOKEN_EXPIRED', 'The access token is over; refresh it.')
}

export default fp(
  async app => {
    app.decorate('tokens', createTokens(app))
  },
  { name: 'tokens', dependencies: ['jwt', 'sessions', 'validation'] }
)
