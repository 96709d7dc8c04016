import type { FastifyBaseLogger } from 'fastify'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { PlayerToken } from '../../../contract/spotify.ts'
import type { OAuthFlow } from '../../external/oauth2.ts'
import type { Validator } from '../http/validation.ts'
import type { Identities } from '../identity/identities.ts'
import type { AccountLinking } from '../identity/identity-provider.ts'
import type { SealedBox } from '../identity/sealed-box.ts'
import type { Users } from '../people/users.ts'
import { exportedRecords } from '../privacy/exported-records.ts'
import { createSpotifyAccess } from './access.ts'
import type { SpotifyAccountDocument } from './document.ts'
import { Grant, grantOf } from './grant.ts'
import { playerScope } from './spotify-provider.ts'

export interface SpotifyAccountsParts {
  accounts: Collection<SpotifyAccountDocument>
  box: SealedBox
  validator: Validator
  identities: Pick<Identities, 'claim' | 'release'>
  /** Throws SPOTIFY_OFF. */
  flow(): Promise<OAuthFlow>
  users: Pick<Users, 'setSpotify' | 'setSpotifyRelink'>
  /** Whether SPOTIFY_PLAYER is on. */
  allowsPlayer: boolean
  /** The time that another node may need to store a token that it got, ms; 0 for a single node. */
  otherNodesStoreMs: number
  logger: FastifyBaseLogger
}

export type SpotifyAccounts = Awaited<ReturnType<typeof createSpotifyAccounts>>

/** Linked Spotify accounts of people. Their tokens are sealed for their owner. */
export async function createSpotifyAccounts(parts: SpotifyAccountsParts) {
  const { accounts, box, validator, identities, flow, users, allowsPlayer, logger } = parts
  await accounts.createIndex({ spotifyId: 1 }, { unique: true })
  const readGrant = validator.reader(Grant)
  const access = createSpotifyAccess({
    accounts,
    box,
    flow,
    onRelink: users.setSpotifyRelink,
    otherNodesStoreMs: parts.otherNodesStoreMs,
    logger
  })

  function assertPlayerAllowed(): void {
    if (!allowsPlayer) throw new CodedError('FORBIDDEN', "Spotify's own player is off on this server.")
  }

  async function store(
    userId: string,
    { spotifyId, displayName, link, accessToken, refreshToken, expiresAtMs, scopes }: Grant
  ): Promise<void> {
    await accounts.updateOne(
      { _id: userId },
      {
        $set: {
          spotifyId,
          displayName,
          link,
          accessToken: box.seal(accessToken, userId),
          refreshToken: box.seal(refreshToken, userId),
          expiresAt: new Date(expiresAtMs),
          scopes,
          relink: false,
          linkedAt: new Date()
        },
        $inc: { version: 1 }
      },
      { upsert: true }
    )
    await users.setSpotify(userId, { linked: true, relink: false, url: link })
  }

  const linking: AccountLinking = {
    assertAllowed({ player }) {
      if (player) assertPlayerAllowed()
    },
    keepGrant: async (userId, identified) => await store(userId, grantOf(identified)),
    sealGrant: (userId, identified) => box.seal(JSON.stringify(grantOf(identified)), userId),
    async redeemGrant(userId, sealed) {
      const grant = readGrant(JSON.parse(box.open(sealed, userId)))
      const linked = await accounts.findOne({ _id: userId })
      if (linked && linked.spotifyId !== grant.spotifyId) {
        throw new CodedError('CONFLICT', 'Unlink the other Spotify account first.')
      }
      if (!(await identities.claim('spotify', grant.spotifyId, userId, false))) {
        throw new CodedError('CONFLICT', 'Another account here is linked to this Spotify account.')
      }
      await store(userId, grant)
    }
  }

  return {
    linking,

    /** Does nothing when no account is linked. Throws CONFLICT when it is the only way to sign in. */
    async unlink(userId: string): Promise<void> {
      const account = await accounts.findOne({ _id: userId })
      if (!account) return
      await identities.release('spotify', account.spotifyId, userId)
      await accounts.deleteOne({ _id: userId })
      await users.setSpotify(userId, null)
    },

    /**
     * Sends a request to Spotify as this person. Throws SPOTIFY_OFF, SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, UNAVAILABLE,
     * and the errors of the request.
     */
    async ask<T>(userId: string, request: (token: string) => Promise<T>): Promise<T> {
      await flow()
      return await access.ask(userId, request)
    },

    /**
     * Returns a token for Spotify's own player, for a person who has allowed it. Throws SPOTIFY_OFF,
     * SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, FORBIDDEN.
     */
    async playerToken(userId: string): Promise<PlayerToken> {
      await flow()
      assertPlayerAllowed()
      const { scopes } = await access.getAccount(userId)
      if (!playerScope.every(scope => scopes.includes(scope))) {
        throw new CodedError('FORBIDDEN', 'Link Spotify again and allow its player.')
      }
      const accessToken = await access.getAccessToken(userId)
      const { expiresAt } = await access.getAccount(userId)
      return { accessToken, expiresIn: Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000)) }
    },

    reseal: access.reseal,

    export: (userId: string): AsyncIterable<object> =>
      exportedRecords(accounts, { _id: userId }, ({ spotifyId, displayName, link, scopes, linkedAt }) => ({
        spotifyId,
        displayName,
        link,
        scopes,
        linkedAt
      })),

    async erase(userId: string): Promise<void> {
      await accounts.deleteOne({ _id: userId })
    }
  }
}
