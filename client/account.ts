import type { Tokens } from '../contract/auth.ts'
import { CodedError } from '../contract/errors.ts'
import type { SignInOptions } from '../contract/sign-in-options.ts'
import type { User } from '../contract/users.ts'
import type { createAuthApi } from './rest/auth.ts'
import type { TokenStorage } from './storage.ts'

/** A lock that all tabs of one browser share: `navigator.locks`, where there is one. */
export interface SharedLock {
  request<T>(name: string, task: () => Promise<T>): Promise<T>
}

interface Kept {
  accessToken: string
  refreshToken: string
  renewAtMs: number
  user: User
}

/** A token is renewed this long before its end, or when a third of its life is left. */
const renewAheadMs = 60_000
const lockName = 'ambient:refresh'

/** Who is signed in here, and an access token that is good. */
export interface Account {
  /** The person, or null. The same object until it changes. */
  readonly user: User | null
  /** When the access token should be renewed, ms since the epoch; null when nobody is signed in. */
  readonly renewAtMs: number | null
  /** Calls back when somebody signs in or out, here or in another tab, and when the token is renewed. */
  subscribe(changed: () => void): () => void
  /** Which ways to sign in this server offers. */
  signInOptions(): Promise<SignInOptions>
  signIn(displayName: string): Promise<User>
  /** Ends a sign-in by a third party: the code it came back with, and the secret its challenge was made from. */
  signInWithCode(code: string, codeVerifier: string): Promise<User>
  /** Somebody who may listen and react, nothing else. */
  signInAsGuest(displayName?: string): Promise<User>
  /** The person changed: a new name, another picture. What is about somebody else is left alone. */
  update(user: User): void
  signOut(everywhere?: boolean): Promise<void>
  /** A good access token, renewed when it is about to end; null when nobody is signed in. Throws UNAVAILABLE. */
  freshToken(): Promise<string | null>
  /** Renews although it seemed good, because the server said otherwise. Null when that signed the person out. Throws UNAVAILABLE. */
  renew(refused: string): Promise<string | null>
}

export interface AccountParts {
  auth: ReturnType<typeof createAuthApi>
  storage: TokenStorage
  lock: SharedLock | undefined
  nowMs: () => number
}

/** Keeps the sign-in: at most one renewal at a time, and whoever waits for it takes what it got. */
export function createAccount({ auth, storage, lock, nowMs }: AccountParts): Account {
  const listeners = new Set<() => void>()
  let kept = parse(storage.read())
  let renewing: Promise<string | null> | null = null

  storage.watch(() => {
    take(parse(storage.read()))
  })

  function take(next: Kept | null): void {
    kept = next
    for (const listener of [...listeners]) listener()
  }

  function keep(tokens: Tokens): Kept {
    const { accessToken, refreshToken, expiresIn, user } = tokens
    const lifeMs = expiresIn * 1000
    const next = { accessToken, refreshToken, renewAtMs: nowMs() + lifeMs - Math.min(renewAheadMs, lifeMs / 3), user }
    storage.write(JSON.stringify(next))
    take(next)
    return next
  }

  function forget(): void {
    storage.write(null)
    take(null)
  }

  /** One at a time, here and in other tabs; whoever waited takes what the first one got. */
  async function renewOnce(refused: string): Promise<string | null> {
    const task = async () => {
      const stored = parse(storage.read())
      if (stored && stored.accessToken !== refused) take(stored)
      if (!kept || kept.accessToken !== refused) return kept?.accessToken ?? null
      try {
        return keep(await auth.refresh(kept.refreshToken)).accessToken
      } catch (error) {
        if (error instanceof CodedError && error.code === 'UNAUTHENTICATED') {
          forget()
          return null
        }
        throw error
      }
    }
    return lock ? await lock.request(lockName, task) : await task()
  }

  async function renew(refused: string): Promise<string | null> {
    renewing ??= renewOnce(refused).finally(() => {
      renewing = null
    })
    return await renewing
  }

  return {
    get user() {
      return kept?.user ?? null
    },
    get renewAtMs() {
      return kept?.renewAtMs ?? null
    },
    subscribe(changed) {
      listeners.add(changed)
      return () => {
        listeners.delete(changed)
      }
    },
    signInOptions: async () => await auth.options(),
    async signInWithCode(code, codeVerifier) {
      return keep(await auth.token(code, codeVerifier)).user
    },
    async signIn(displayName) {
      return keep(await auth.devLogin(displayName)).user
    },
    async signInAsGuest(displayName) {
      return keep(await auth.guest(displayName)).user
    },
    update(user) {
      // Another tab may have renewed the tokens a moment ago.
      const latest = parse(storage.read()) ?? kept
      if (latest?.user.id !== user.id) return
      const next = { ...latest, user }
      storage.write(JSON.stringify(next))
      take(next)
    },
    async signOut(everywhere = false) {
      const { refreshToken } = kept ?? {}
      forget()
      // Signed out here in any case; a session the server can't end now ends by itself.
      if (refreshToken) await auth.logout(refreshToken, everywhere).catch(() => {})
    },
    async freshToken() {
      if (!kept) return null
      return nowMs() < kept.renewAtMs ? kept.accessToken : await renew(kept.accessToken)
    },
    renew
  }
}

/** What a storage held may be anything; what does not fit is as good as nothing. */
function parse(stored: string | null): Kept | null {
  try {
    const value: Partial<Kept> | null = JSON.parse(stored ?? 'null')
    const { accessToken, refreshToken, renewAtMs, user } = value ?? {}
    return accessToken && refreshToken && renewAtMs && user ? { accessToken, refreshToken, renewAtMs, user } : null
  } catch {
    return null
  }
}
