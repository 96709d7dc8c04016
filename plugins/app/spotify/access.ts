import { setTimeout as pause } from 'node:timers/promises'
import type { Token } from '@fastify/oauth2'
import type { FastifyBaseLogger } from 'fastify'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { isInvalidGrant, type OAuthFlow } from '../../external/oauth2.ts'
import { TokenRejectedError } from '../../external/spotify-api.ts'
import type { Sealed, SealedBox } from '../identity/sealed-box.ts'
import type { SpotifyAccountDocument } from './document.ts'

export interface AccessParts {
  accounts: Collection<SpotifyAccountDocument>
  box: SealedBox
  /** Throws SPOTIFY_OFF, UNAVAILABLE. */
  flow(): Promise<OAuthFlow>
  /** Called when an account has to be linked again. */
  onRelink(userId: string): Promise<void>
  /**
   * The time that another node may need to store a token that it got, ms. A refresh token is rejected from the moment
   * when another node has used it. 0 for a single node.
   */
  otherNodesStoreMs: number
  logger: FastifyBaseLogger
}

/** A token is not used any more this long before it expires. */
const expiryMarginMs = 30_000

/** Time between two looks at what another node stores. */
const storedPollMs = 50

/** Provides valid access tokens for people's Spotify accounts. Concurrent callers share one refresh. */
export function createSpotifyAccess(parts: AccessParts) {
  const { accounts, box, flow, onRelink, otherNodesStoreMs, logger } = parts
  const refreshing = new Map<string, Promise<string>>()

  async function getAccount(userId: string): Promise<SpotifyAccountDocument> {
    const account = await accounts.findOne({ _id: userId })
    if (!account) throw new CodedError('SPOTIFY_NOT_LINKED', 'Link your Spotify account first.')
    if (account.relink) throw relinkError()
    return account
  }

  /**
   * Returns null for a token that was sealed for another person or with a missing key. Then only linking again helps.
   */
  function openToken(sealed: Sealed, userId: string): string | null {
    try {
      return box.open(sealed, userId)
    } catch (error) {
      logger.error({ err: error, userId }, 'opening a stored Spotify token failed')
      return null
    }
  }

  /** Records that the account has to be linked again. Throws SPOTIFY_RELINK. */
  async function rejectForRelink({ _id, version }: SpotifyAccountDocument): Promise<never> {
    const { modifiedCount } = await accounts.updateOne(
      { _id, version },
      { $set: { relink: true }, $inc: { version: 1 } }
    )
    if (modifiedCount > 0) await onRelink(_id)
    throw relinkError()
  }

  /** Returns null when Spotify rejects the refresh token. Throws UNAVAILABLE. */
  async function requestToken(refreshToken: string): Promise<Token | null> {
    try {
      return await (await flow()).refresh(refreshToken)
    } catch (error) {
      if (isInvalidGrant(error)) return null
      logger.warn({ err: error }, 'refreshing a Spotify token failed')
      throw new CodedError('UNAVAILABLE', 'Spotify does not answer; try again in a moment.')
    }
  }

  async function refresh(account: SpotifyAccountDocument): Promise<string> {
    const { _id: userId, version } = account
    const refreshToken = openToken(account.refreshToken, userId)
    const token = refreshToken === null ? null : await requestToken(refreshToken)
    if (refreshToken === null) return await rejectForRelink(account)
    if (token === null) {
      const renewed = await findRenewed(account)
      return renewed ? (findFreshToken(renewed) ?? (await refresh(renewed))) : await rejectForRelink(account)
    }
    await accounts.updateOne(
      { _id: userId, version },
      {
        $set: {
          accessToken: box.seal(token.access_token, userId),
          // An answer without a refresh token means that the old one stays valid.
          refreshToken: box.seal(token.refresh_token ?? refreshToken, userId),
          expiresAt: new Date(Date.now() + token.expires_in * 1000)
        },
        $inc: { version: 1 }
      }
    )
    return token.access_token
  }

  /**
   * Returns the account with the tokens of another node, which has used the refresh token first; undefined when there
   * is none. Throws SPOTIFY_NOT_LINKED, SPOTIFY_RELINK.
   */
  async function findRenewed({ _id, version }: SpotifyAccountDocument): Promise<SpotifyAccountDocument | undefined> {
    const untilMs = performance.now() + otherNodesStoreMs
    for (;;) {
      const stored = await getAccount(_id)
      if (stored.version !== version) return stored
      if (performance.now() >= untilMs) return undefined
      await pause(storedPollMs)
    }
  }

  async function refreshOnce(account: SpotifyAccountDocument): Promise<string> {
    const running = refreshing.get(account._id)
    if (running) return await running
    const started = refresh(account).finally(() => refreshing.delete(account._id))
    refreshing.set(account._id, started)
    return await started
  }

  function findFreshToken({ _id: userId, accessToken, expiresAt }: SpotifyAccountDocument): string | null {
    return expiresAt.getTime() - expiryMarginMs > Date.now() ? openToken(accessToken, userId) : null
  }

  async function getAccessToken(userId: string): Promise<string> {
    const account = await getAccount(userId)
    return findFreshToken(account) ?? (await refreshOnce(account))
  }

  return {
    /** Throws SPOTIFY_NOT_LINKED, SPOTIFY_RELINK. */
    getAccount,
    /** Throws SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, UNAVAILABLE. */
    getAccessToken,

    /** Sends a request as this person. A token that Spotify rejects before it expires is refreshed once. */
    async ask<T>(userId: string, request: (token: string) => Promise<T>): Promise<T> {
      try {
        return await request(await getAccessToken(userId))
      } catch (error) {
        if (!(error instanceof TokenRejectedError)) throw error
      }
      const account = await getAccount(userId)
      try {
        return await request(await refreshOnce(account))
      } catch (error) {
        if (error instanceof TokenRejectedError) return await rejectForRelink(await getAccount(userId))
        throw error
      }
    },

    /** Seals tokens of older keys again with the first key. Returns the number of accounts changed. */
    async reseal(): Promise<number> {
      let count = 0
      for await (const { _id, version, accessToken, refreshToken } of accounts.find({})) {
        if (!box.isStale(accessToken) && !box.isStale(refreshToken)) continue
        const [access, renewal] = [openToken(accessToken, _id), openToken(refreshToken, _id)]
        if (access === null || renewal === null) continue
        const { modifiedCount } = await accounts.updateOne(
          { _id, version },
          { $set: { accessToken: box.seal(access, _id), refreshToken: box.seal(renewal, _id) }, $inc: { version: 1 } }
        )
        count += modifiedCount
      }
      return count
    }
  }
}

function relinkError(): CodedError {
  return new CodedError('SPOTIFY_RELINK', 'Spotify asks you to link your account again.')
}
