import type { Token } from '@fastify/oauth2'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Type, type Static } from 'typebox'
import { CodedError } from '../../contract/errors.ts'
import type { PlayerToken } from '../../contract/spotify.ts'
import { invalidGrant } from '../external/oauth2.ts'
import { SpotifyRefused } from '../external/spotify-api.ts'
import type { Identity } from './identity-providers.ts'
import { playerScope } from './spotify-provider.ts'
import { createSealedBox, type Sealed } from './sealed-box.ts'

declare module 'fastify' {
  interface FastifyInstance { spotifyAccounts: SpotifyAccounts }
}

interface SpotifyAccountDocument {
  /** The account here. */
  _id: string
  spotifyId: string
  displayName: string
  link: string | null
  accessToken: Sealed
  refreshToken: Sealed
  expiresAt: Date
  scopes: string[]
  /** Spotify does not take the refresh token any more; the person has to link again. */
  relink: boolean
  /** Grows with each change of the tokens, so that of two refreshes the older one loses. */
  version: number
  linkedAt: Date
}

/** What a link needs, while it travels in a one-time code. */
const Grant = Type.Object({
  spotifyId: Type.String(),
  displayName: Type.String(),
  link: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresAtMs: Type.Number(),
  scopes: Type.Array(Type.String())
})
type Grant = Static<typeof Grant>

/** A token is not used in the last moments of its life. */
const marginMs = 30_000

export type SpotifyAccounts = Awaited<ReturnType<typeof createSpotifyAccounts>>

/** People's accounts at Spotify. Their tokens are sealed for their owner, and refreshed once however many ask. */
export async function createSpotifyAccounts (app: FastifyInstance) {
  const accounts = app.db.collection<SpotifyAccountDocument>('spotifyAccounts')
  await accounts.createIndex({ spotifyId: 1 }, { unique: true })
  const box = createSealedBox(app.config.TOKEN_KEYS)
  const readGrant = app.validator.reader(Grant)
  const refreshing = new Map<string, Promise<string>>()

  async function store (userId: string, { spotifyId, displayName, link, accessToken, refreshToken, expiresAtMs, scopes }: Grant): Promise<void> {
    await accounts.updateOne({ _id: userId }, {
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
    }, { upsert: true })
    await app.users.setSpotify(userId, { linked: true, relink: false })
  }

  async function demand (userId: string): Promise<SpotifyAccountDocument> {
    app.identityProviders.get('spotify')
    const account = await accounts.findOne({ _id: userId })
    if (!account) throw new CodedError('SPOTIFY_NOT_LINKED', 'Link your Spotify account first.')
    if (account.relink) throw new CodedError('SPOTIFY_RELINK', 'Spotify asks you to link your account again.')
    return account
  }

  /** What the row says may be sealed by a key that is gone or for somebody else; then only linking again helps. */
  function openToken (sealed: Sealed, userId: string): string | null {
    try {
      return box.open(sealed, userId)
    } catch (error) {
      app.log.error({ err: error, userId }, 'a token of Spotify\'s can\'t be opened')
      return null
    }
  }

  async function askToRelink ({ _id, version }: SpotifyAccountDocument): Promise<never> {
    const { modifiedCount } = await accounts.updateOne({ _id, version }, { $set: { relink: true }, $inc: { version: 1 } })
    if (modifiedCount > 0) await app.users.setSpotify(_id, { linked: true, relink: true })
    throw new CodedError('SPOTIFY_RELINK', 'Spotify asks you to link your account again.')
  }

  async function refresh (account: SpotifyAccountDocument): Promise<string> {
    const { _id: userId, version } = account
    const refreshToken = openToken(account.refreshToken, userId)
    if (refreshToken === null) return await askToRelink(account)
    const token = await askForToken(refreshToken)
    if (token === null) return await askToRelink(account)
    await accounts.updateOne({ _id: userId, version }, {
      $set: {
        accessToken: box.seal(token.access_token, userId),
        // An answer without a refresh token means that the old one stays good.
        refreshToken: box.seal(token.refresh_token ?? refreshToken, userId),
        expiresAt: new Date(Date.now() + token.expires_in * 1000)
      },
      $inc: { version: 1 }
    })
    return token.access_token
  }

  /** Null when Spotify does not take the refresh token. Throws UNAVAILABLE. */
  async function askForToken (refreshToken: string): Promise<Token | null> {
    try {
      return await (await app.identityProviders.get('spotify').flow()).refresh(refreshToken)
    } catch (error) {
      if (invalidGrant(error)) return null
      app.log.warn({ err: error }, 'Spotify gave no new token')
      throw new CodedError('UNAVAILABLE', 'Spotify does not answer; try again in a moment.')
    }
  }

  async function refreshOnce (account: SpotifyAccountDocument): Promise<string> {
    const running = refreshing.get(account._id)
    if (running) return await running
    const mine = refresh(account).finally(() => refreshing.delete(account._id))
    refreshing.set(account._id, mine)
    return await mine
  }

  async function accessToken (userId: string): Promise<string> {
    const account = await demand(userId)
    const isFresh = account.expiresAt.getTime() - marginMs > Date.now()
    return (isFresh ? openToken(account.accessToken, userId) : null) ?? await refreshOnce(account)
  }

  const grantOf = ({ subject, displayName, link }: Identity, token: Token): Grant => ({
    spotifyId: subject,
    displayName,
    link,
    accessToken: token.access_token,
    refreshToken: token.refresh_token ?? '',
    expiresAtMs: Date.now() + token.expires_in * 1000,
    scopes: scopesOf(token)
  })

  return {
    /** Keeps what Spotify granted to an account whose identity it is. */
    link: async (userId: string, identity: Identity, token: Token) => await store(userId, grantOf(identity, token)),

    /** A grant to travel in the store until its owner claims it. */
    sealGrant: (userId: string, identity: Identity, token: Token): Sealed => box.seal(JSON.stringify(grantOf(identity, token)), userId),

    /** Throws CONFLICT when another account here has this Spotify account, or this one has another. */
    async linkSealed (userId: string, sealed: Sealed): Promise<void> {
      const grant = readGrant(JSON.parse(box.open(sealed, userId)))
      const before = await accounts.findOne({ _id: userId })
      if (before && before.spotifyId !== grant.spotifyId) throw new CodedError('CONFLICT', 'Unlink the other Spotify account first.')
      if (!await app.identities.claim('spotify', grant.spotifyId, userId, false)) throw new CodedError('CONFLICT', 'Another account here has this Spotify account.')
      await store(userId, grant)
    },

    /** Nothing happens when none is linked. Throws CONFLICT when it is the only way to sign in. */
    async unlink (userId: string): Promise<void> {
      const account = await accounts.findOne({ _id: userId })
      if (!account) return
      await app.identities.release('spotify', account.spotifyId, userId)
      await accounts.deleteOne({ _id: userId })
      await app.users.setSpotify(userId, null)
    },

    /** A good access token and its end. Throws SPOTIFY_OFF, SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, UNAVAILABLE. */
    accessToken,

    /** What Spotify's own player needs, for who opted in. Throws SPOTIFY_OFF, SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, FORBIDDEN. */
    async playerToken (userId: string): Promise<PlayerToken> {
      const { scopes } = await demand(userId)
      if (!app.config.SPOTIFY_PLAYER) throw new CodedError('FORBIDDEN', 'Spotify\'s own player is off here.')
      if (!playerScope.every(scope => scopes.includes(scope))) throw new CodedError('FORBIDDEN', 'Link Spotify again and allow its player.')
      const token = await accessToken(userId)
      const { expiresAt } = await demand(userId)
      return { accessToken: token, expiresIn: Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000)) }
    },

    /** Asks Spotify as this person; a token that it refuses before its time is renewed once. */
    async ask<T> (userId: string, question: (token: string) => Promise<T>): Promise<T> {
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
    async reseal (): Promise<number> {
      let count = 0
      for await (const { _id, version, accessToken, refreshToken } of accounts.find({})) {
        if (!box.isStale(accessToken) && !box.isStale(refreshToken)) continue
        const [access, renewal] = [openToken(accessToken, _id), openToken(refreshToken, _id)]
        if (access === null || renewal === null) continue
        const { modifiedCount } = await accounts.updateOne({ _id, version }, { $set: { accessToken: box.seal(access, _id), refreshToken: box.seal(renewal, _id) }, $inc: { version: 1 } })
        count += modifiedCount
      }
      return count
    },

    find: async (userId: string) => await accounts.findOne({ _id: userId }),
    forget: async (userId: string) => { await accounts.deleteOne({ _id: userId }) }
  }
}

function scopesOf (token: Token): string[] {
  const scope: unknown = Reflect.get(token, 'scope')
  return typeof scope === 'string' ? scope.split(' ') : []
}

export default fp(async app => {
  const accounts = await createSpotifyAccounts(app)
  app.decorate('spotifyAccounts', accounts)
  app.personalData.register('spotify', {
    async * export (userId) {
      const account = await accounts.find(userId)
      if (account) yield { spotifyId: account.spotifyId, displayName: account.displayName, link: account.link, scopes: account.scopes, linkedAt: account.linkedAt }
    },
    erase: async userId => await accounts.forget(userId)
  })
  app.addHook('onReady', async () => {
    const count = await accounts.reseal()
    if (count > 0) app.log.info({ count }, 'tokens of Spotify\'s were sealed again with the newest of TOKEN_KEYS')
  })
}, { name: 'spotify-accounts', dependencies: ['mongodb', 'users', 'identities', 'identity-providers', 'personal-data', 'validation'] })
