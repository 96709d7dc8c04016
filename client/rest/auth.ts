import type { Tokens } from '../../contract/auth.ts'
import type { SignInOptions } from '../../contract/sign-in-options.ts'
import type { Request } from '../request.ts'

/** Creates the requests for signing in and out, which carry no access token. */
export function createAuthApi(request: Request) {
  return {
    options: async () => await request<SignInOptions>('GET', '/auth/options'),
    token: async (code: string, codeVerifier: string) =>
      await request<Tokens>('POST', '/auth/token', { code, codeVerifier }),
    devLogin: async (displayName: string) => await request<Tokens>('POST', '/auth/dev-login', { displayName }),
    guest: async (displayName?: string) =>
      await request<Tokens>('POST', '/auth/guest', displayName === undefined ? {} : { displayName }),
    refresh: async (refreshToken: string) => await request<Tokens>('POST', '/auth/refresh', { refreshToken }),
    logout: async (refreshToken: string, everywhere: boolean) =>
      await request<null>('POST', '/auth/logout', { refreshToken, everywhere })
  }
}
