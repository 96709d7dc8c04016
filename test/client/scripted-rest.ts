import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { errorTable, type ErrorCode } from '../../contract/errors.ts'

/** The accounts of a server: tokens that are good until a test says otherwise, and what was asked. */
export interface ScriptedRest {
  readonly server: Server
  readonly url: string
  readonly refreshes: string[]
  readonly asked: string[]
  /** What `GET …/comments` answers; a test may replace it. */
  history(cursor: string | null): object | ErrorCode | Promise<object | ErrorCode>
  /** Every access token so far is over. */
  expireAccess(): void
  /** No refresh token is good any more. */
  revokeAll(): void
  /** From now on connections are cut before they are answered, or answered again. */
  cut(now: boolean): void
  /** Whether a socket may come in with this token. */
  check(token: unknown): ErrorCode | null
  close(): Promise<void>
}

const user = {
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
  const refreshes: string[] = []
  const asked: string[] = []
  let issued = 0
  let goodFrom = 1
  let refreshable = new Set<string>()
  let isCut = false

  function tokens(): object {
    issued++
    refreshable.add(`refresh-${issued}`)
    return { accessToken: `access-${issued}`, refreshToken: `refresh-${issued}`, expiresIn, user }
  }

  /** Every token is good once. */
  function refresh(refreshToken: string): object | ErrorCode {
    refreshes.push(refreshToken)
    return refreshable.delete(refreshToken) ? tokens() : 'UNAUTHENTICATED'
  }

  function check(token: unknown): ErrorCode | null {
    const number = /^access-(\d+)$/.exec(String(token))?.[1]
    if (!number) return 'UNAUTHENTICATED'
    return Number(number) >= goodFrom ? null : 'TOKEN_EXPIRED'
  }

  async function answer(
    path: string,
    token: string | undefined,
    body: { refreshToken?: string }
  ): Promise<object | ErrorCode> {
    if (path === 'POST /v1/auth/dev-login') return tokens()
    if (path === 'POST /v1/auth/refresh') return refresh(String(body.refreshToken))
    if (path === 'POST /v1/auth/logout') return {}
    const fault = check(token)
    if (fault) return fault
    if (path === 'GET /v1/users/me') return user
    if (path.startsWith('GET /v1/shows/show/comments?')) {
      return await rest.history(new URLSearchParams(path.split('?')[1]).get('cursor'))
    }
    if (path === 'POST /v1/shows') return 'VALIDATION'
    return 'NOT_FOUND'
  }

  const server = createServer(async (request, response) => {
    if (isCut) return request.socket.destroy()
    const path = `${request.method} ${request.url}`
    asked.push(path)
    const result = await answer(path, request.headers.authorization?.slice('Bearer '.length), await bodyOf(request))
    const status = typeof result === 'string' ? errorTable[result].statusCode : 200
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(
        typeof result === 'string'
          ? {
              statusCode: status,
              code: result,
              error: '',
              message: `refused: ${result}`,
              issues: [{ path: '/title', message: 'is missing' }]
            }
          : result
      )
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const rest: ScriptedRest = {
    server,
    history: () => ({ items: [], nextCursor: null }),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refreshes,
    asked,
    expireAccess() {
      goodFrom = issued + 1
    },
    revokeAll() {
      refreshable = new Set()
    },
    cut(now) {
      isCut = now
    },
    check,
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
