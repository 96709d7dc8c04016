import type { Token } from '@fastify/oauth2'
import type { FastifyBaseLogger } from 'fastify'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import { invalidGrant, type OAuthFlow } from '../../external/oauth2.ts'
import { SpotifyRefused } from '../../external/spotify-api.ts'
import type { Sealed, SealedBox } from './sealed-box.ts'
import type { SpotifyAccountDocument } from './document.ts'

export interface AccessParts {
  accounts: Collection<SpotifyAccountDocument>
  box: SealedBox
  /** Throws SPOTIFY_OFF, UNAVAILABLE. */
  flow(): Promise<OAuthFlow>
  /** This account has to be linked again; others want to know. */
  onRelink(userId: string): Promise<void>
  logger: FastifyBaseLogger
}

/** A token is not used in the last moments of its life. */
const marginMs = 30_000

/** Good access tokens for people's accounts at Spotify: refreshed once however many ask. */
export function createSpotifyAccess({ accounts, box, flow, onRelink, logger }: AccessParts) {
  const refreshing = new Map<string, Promise<string>>()

  async function demand(userId: string): Promise<SpotifyAccountDocument> {
    const account = await accounts.findOne({ _id: userId })
    if (!account) throw new CodedError('SPOTIFY_NOT_LINKED', 'Link your Spotify account first.')
    if (account.relink) throw linkAgain()
    return account
  }

  /** What the row says may be sealed by a key that is gone or for somebody else; then only linking again helps. */
  function openToken(sealed: Sealed, userId: string): string | null {
    try {
      return box.open(sealed, userId)
    } catch (error) {
      logger.error({ err: error, userId }, "a token of Spotify's can't be opened")
      return null
    }
  }

  async function askToRelink({ _id, version }: SpotifyAccountDocument): Promise<never> {
    const { modifiedCount } = await accounts.updateOne(
      { _id, version },
      { $set: { relink: true }, $inc: { version: 1 } }
    )
    if (modifiedCount > 0) await onRelink(_id)
    throw linkAgain()
  }

  /** Null when Spotify does not take the refresh token. Throws UNAVAILABLE. */
  async function askForToken(refreshToken: string): Promise<Token | null> {
    try {
      return await (await flow()).refresh(refreshToken)
    } catch (error) {
      if (invalidGrant(error)) return null
      logger.warn({ err: error }, 'Spotify gave no new token')
      throw new CodedError('UNAVAILABLE', 'Spotify does not answer; try again in a moment.')
    }
  }

  async function refresh(account: SpotifyAccountDocument): Promise<string> {
    const { _id: userId, version } = account
    const refreshToken = openToken(account.refreshToken, userId)
    const token = refreshToken === null ? null : await askForToken(refreshToken)
    if (refreshToken === null || token === null) return await askToRelink(account)
    await accounts.updateOne(
      { _id: userId, version },
      {
        $set: {
          accessToken: box.seal(token.access_token, userId),
          // An answer without a refresh token means that the old one stays good.
          refreshToken: box.seal(token.refresh_token ?? refreshToken, userId),
          expiresAt: new Date(Date.now() + token.expires_in * 1000)
        },
        $inc: { version: 1 }
      }
    )
    return token.access_token
  }

  async function refreshOnce(account: SpotifyAccountDocument): Promise<string> {
    const running = refreshing.get(account._id)
    if (running) return await running
    const mine = refresh(account).finally(() => refreshing.delete(account._id))
    refreshing.set(account._id, mine)
    return await mine
  }

  async function accessToken(userId: string): Promise<string> {
    const account = await demand(userId)
    const isFresh = account.expiresAt.getTime() - marginMs > Date.now()
    return (isFresh ? openToken(account.accessToken, userId) : null) ?? (await refreshOnce(account))
  }

  return {
    /** The account. Throws SPOTIFY_NOT_LINKED, SPOTIFY_RELINK. */
    demand,
    /** Throws SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, UNAVAILABLE. */
    accessToken,

    /** Asks Spotify as this person; a token that it refuses before its time is renewed once. */
    async ask<T>(userId: string, question: (token: string) => Promise<T>): Promise<T> {
      try {
        return await question(await accessToken(userId))
      } catch (error) {
        if (!(error instanceof SpotifyRefused)) throw error
      }
      const account = await demand(userId)
      try {
        return await question(await refreshOnce(account))
      } catch (error) {
        if (error instanceof SpotifyRefused) return await askToRelink(await demand(userId))
        throw error
      }
    },

    /** Seals again with the first key what older keys sealed; how many rows that were. */
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

function linkAgain(): CodedError {
  return new CodedError('SPOTIFY_RELINK', 'Spotify asks you to link your account again.')
}
