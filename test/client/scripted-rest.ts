import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { errorTable, type ErrorCode } from '../../contract/errors.ts'

/**
 * The REST API of a scripted server: one account, tokens that are valid until a test expires them, and the requests
 * received.
 */
export interface ScriptedRest {
  readonly server: Server
  readonly url: string
  /** The refresh tokens that were used, in order. */
  readonly usedRefreshTokens: string[]
  /** The requests received, as method and path. */
  readonly requests: string[]
  /** Returns the response of `GET …/comments`. A test can replace it. */
  getHistory(cursor: string | null): object | ErrorCode | Promise<object | ErrorCode>
  /** When set, renewals are rejected with this error. */
  refreshError: ErrorCode | null
  /** The delay that errors name, ms. */
  retryAfterMs: number | undefined
  /** Expires all access tokens issued so far. */
  expireAccessTokens(): void
  /** Revokes all refresh tokens. */
  revokeRefreshTokens(): void
  /** Closes connections without a response from now on, or answers again. */
  setUnreachable(isUnreachable: boolean): void
  /** Returns the error for an access token, or null for a valid one. */
  checkAccessToken(token: unknown): ErrorCode | null
  close(): Promise<void>
}

/** The signed-in user of all tests. */
export const user = {
  id: 'me',
  displayName: 'Me',
  avatarUrl: null,
  bio: '',
  links: [],
  spotify: null,
  guest: false,
  createdAt: '2026-01-01T00:00:00.000Z'
}

export async function startScriptedRest({ expiresIn = 900 }: { expiresIn?: number } = {}): Promise<ScriptedRest> {
  const usedRefreshTokens: string[] = []
  const requests: string[] = []
  let issuedCount = 0
  let firstValid = 1
  let validRefreshTokens = new Set<string>()
  let isUnreachable = false

  function issueTokens(): object {
    issuedCount++
    validRefreshTokens.add(`refresh-${issuedCount}`)
    return { accessToken: `access-${issuedCount}`, refreshToken: `refresh-${issuedCount}`, expiresIn, user }
  }

  /** Each refresh token works once. */
  function refresh(refreshToken: string): object | ErrorCode {
    usedRefreshTokens.push(refreshToken)
    if (rest.refreshError) return rest.refreshError
    return validRefreshTokens.delete(refreshToken) ? issueTokens() : 'UNAUTHENTICATED'
  }

  function checkAccessToken(token: unknown): ErrorCode | null {
    const number = /^access-(\d+)$/.exec(String(token))?.[1]
    if (!number) return 'UNAUTHENTICATED'
    return Number(number) >= firstValid ? null : 'TOKEN_EXPIRED'
  }

  async function respond(
    path: string,
    token: string | undefined,
    body: { refreshToken?: string }
  ): Promise<object | ErrorCode> {
    if (path === 'POST /v1/auth/dev-login') return issueTokens()
    if (path === 'POST /v1/auth/refresh') return refresh(String(body.refreshToken))
    if (path === 'POST /v1/auth/logout') return {}
    const error = checkAccessToken(token)
    if (error) return error
    if (path === 'GET /v1/users/me') return user
    if (path.startsWith('GET /v1/shows/show/comments?')) {
      return await rest.getHistory(new URLSearchParams(path.split('?')[1]).get('cursor'))
    }
    if (path === 'POST /v1/shows') return 'VALIDATION'
    return 'NOT_FOUND'
  }

  const server = createServer(async (request, response) => {
    if (isUnreachable) return request.socket.destroy()
    const path = `${request.method} ${request.url}`
    requests.push(path)
    const result = await respond(path, request.headers.authorization?.slice('Bearer '.length), await bodyOf(request))
    const status = typeof result === 'string' ? errorTable[result].statusCode : 200
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(
        typeof result === 'string'
          ? {
              statusCode: status,
              code: result,
              error: '',
              message: `rejected: ${result}`,
              issues: [{ path: '/title', message: 'is missing' }],
              retryAfterMs: rest.retryAfterMs
            }
          : result
      )
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const rest: ScriptedRest = {
    server,
    refreshError: null,
    retryAfterMs: undefined,
    getHistory: () => ({ items: [], nextCursor: null }),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    usedRefreshTokens,
    requests,
    expireAccessTokens() {
      firstValid = issuedCount + 1
    },
    revokeRefreshTokens() {
      validRefreshTokens = new Set()
    },
    setUnreachable(next) {
      isUnreachable = next
    },
    checkAccessToken,
    async close() {
      server.closeAllConnections()
      server.close()
    }
  }
  return rest
}

async function bodyOf(request: IncomingMessage): Promise<{ refreshToken?: string }> {
  let text = ''
  for await (const part of request) text += part
  return JSON.parse(text || '{}')
}
