import type { Tokens } from '../contract/auth.ts'
import { CodedError, type ErrorCode } from '../contract/errors.ts'
import type { SignInOptions } from '../contract/sign-in-options.ts'
import type { User } from '../contract/users.ts'
import { Listeners } from './listeners.ts'
import type { createAuthApi } from './rest/auth.ts'
import type { TokenStorage } from './storage.ts'

/** A lock shared by all tabs of a browser, such as `navigator.locks`. */
export interface SharedLock {
  request<T>(name: string, task: () => Promise<T>): Promise<T>
}

/** The sign-in as it is stored. */
interface StoredSignIn {
  accessToken: string
  refreshToken: string
  renewAtMs: number
  user: User
}

/** A token is renewed this long before it expires, or when a third of its lifetime is left, whichever is later. */
const renewalLeadMs = 60_000
const lockName = 'ambient:refresh'
/** Answers to a renewal that stay the same however often it is tried: the sign-in has ended, or is not allowed. */
const finalCodes: ReadonlySet<ErrorCode> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION'])

/** The signed-in user and a valid access token. */
export interface Account {
  /** The signed-in user, or null. The same object until the user changes. */
  readonly user: User | null
  /** The time to renew the access token, ms since the epoch. Null when no user is signed in. */
  readonly renewAtMs: number | null
  /** Calls back when a user signs in or out, here or in another tab, and when the token is renewed. */
  subscribe(listener: () => void): () => void
  /** Returns the ways to sign in that this server offers. */
  signInOptions(): Promise<SignInOptions>
  /** Signs in a new user with a name only, on development servers. */
  signIn(displayName: string): Promise<User>
  /**
   * Completes a sign-in with a provider: `code` from the redirect, and the verifier that the challenge was made from.
   */
  signInWithCode(code: string, codeVerifier: string): Promise<User>
  /** Signs in a guest, who can only listen and react. */
  signInAsGuest(displayName?: string): Promise<User>
  /** Stores a changed profile of the signed-in user. Ignores other users. */
  update(user: User): void
  signOut(everywhere?: boolean): Promise<void>
  /**
   * Returns a valid access token and renews it first when it is about to expire. Returns null when no user is signed
   * in. Throws UNAVAILABLE.
   */
  freshToken(): Promise<string | null>
  /**
   * Renews a token that the server rejected although it seemed valid. Returns null when that signed the user out.
   * Throws UNAVAILABLE.
   */
  renew(rejectedToken: string): Promise<string | null>
}

export interface AccountParts {
  auth: ReturnType<typeof createAuthApi>
  storage: TokenStorage
  lock: SharedLock | undefined
  nowMs: () => number
}

/** Creates the account. It runs one renewal at a time, and concurrent callers share the result. */
export function createAccount({ auth, storage, lock, nowMs }: AccountParts): Account {
  const listeners = new Listeners()
  let signIn = parseSignIn(storage.read())
  let renewal: { rejectedToken: string; result: Promise<string | null> } | null = null
  /** Whether a user who signs out of all sessions waits for a renewal, whose new token can end them. */
  let isLeavingEverywhere = false

  storage.watch(() => {
    setSignIn(parseSignIn(storage.read()))
  })

  function setSignIn(next: StoredSignIn | null): void {
    signIn = next
    listeners.notify()
  }

  function storeTokens(tokens: Tokens): StoredSignIn {
    const { accessToken, refreshToken, expiresIn, user } = tokens
    const lifetimeMs = expiresIn * 1000
    const renewAtMs = nowMs() + lifetimeMs - Math.min(renewalLeadMs, lifetimeMs / 3)
    const next = { accessToken, refreshToken, renewAtMs, user }
    storage.write(JSON.stringify(next))
    setSignIn(next)
    return next
  }

  function clear(): void {
    storage.write(null)
    setSignIn(null)
  }

  /** Takes over what another tab has stored, even before this tab was told. Returns the current sign-in. */
  function readShared(): StoredSignIn | null {
    const stored = parseSignIn(storage.read())
    if (stored?.accessToken !== signIn?.accessToken) setSignIn(stored)
    return signIn
  }

  /** Renews under the lock, so that other tabs wait and then use the token that this one stored. */
  async function renewUnderLock(rejectedToken: string): Promise<string | null> {
    const task = async () => {
      const before = readShared()
      if (before?.accessToken !== rejectedToken) return before?.accessToken ?? null
      const isUnchanged = () => readShared()?.refreshToken === before.refreshToken
      try {
        const tokens = await auth.refresh(before.refreshToken)
        if (isUnchanged()) return storeTokens(tokens).accessToken
        // The user signed out or signed in again meanwhile, so that nobody holds these tokens.
        await endSession(tokens.refreshToken, isLeavingEverywhere)
      } catch (error) {
        if (isUnchanged()) {
          if (!(error instanceof CodedError) || !finalCodes.has(error.code)) throw error
          clear()
        }
      }
      return signIn?.accessToken ?? null
    }
    return lock ? await lock.request(lockName, task) : await task()
  }

  /** Ends a session of which the user is signed out already. One that cannot be ended now expires by itself. */
  async function endSession(refreshToken: string, everywhere = false): Promise<void> {
    await auth.logout(refreshToken, everywhere).catch(() => {})
  }

  async function renew(rejectedToken: string): Promise<string | null> {
    if (renewal?.rejectedToken !== rejectedToken) {
      const started = {
        rejectedToken,
        result: renewUnderLock(rejectedToken).finally(() => {
          if (renewal === started) renewal = null
        })
      }
      renewal = started
    }
    return await renewal.result
  }

  return {
    get user() {
      return signIn?.user ?? null
    },
    get renewAtMs() {
      return signIn?.renewAtMs ?? null
    },
    subscribe: listener => listeners.add(listener),
    signInOptions: async () => await auth.options(),
    async signInWithCode(code, codeVerifier) {
      return storeTokens(await auth.token(code, codeVerifier)).user
    },
    async signIn(displayName) {
      return storeTokens(await auth.devLogin(displayName)).user
    },
    async signInAsGuest(displayName) {
      return storeTokens(await auth.guest(displayName)).user
    },
    update(user) {
      // Another tab may have renewed the tokens meanwhile.
      const latest = parseSignIn(storage.read()) ?? signIn
      if (latest?.user.id !== user.id) return
      const next = { ...latest, user }
      storage.write(JSON.stringify(next))
      setSignIn(next)
    },
    async signOut(everywhere = false) {
      const { refreshToken } = signIn ?? {}
      const running = renewal
      clear()
      if (everywhere && running) {
        // The renewal uses the token, and a used token ends no other sessions.
        isLeavingEverywhere = true
        await running.result.catch(() => {})
        isLeavingEverywhere = false
      }
      if (refreshToken) await endSession(refreshToken, everywhere)
    },
    async freshToken() {
      if (!signIn) return null
      return nowMs() < signIn.renewAtMs ? signIn.accessToken : await renew(signIn.accessToken)
    },
    renew
  }
}

/** Parses a stored sign-in. Returns null for anything that is not one. */
function parseSignIn(stored: string | null): StoredSignIn | null {
  try {
    const value: Partial<StoredSignIn> | null = JSON.parse(stored ?? 'null')
    const { accessToken, refreshToken, renewAtMs, user } = value ?? {}
    return accessToken && refreshToken && renewAtMs && user ? { accessToken, refreshToken, renewAtMs, user } : null
  } catch {
    return null
  }
}
