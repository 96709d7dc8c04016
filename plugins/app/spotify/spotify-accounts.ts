import type { Token } from '@fastify/oauth2'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { PlayerToken } from '../../../contract/spotify.ts'
import type { Identity } from '../identity/identity-provider.ts'
import { createSealedBox, type Sealed } from './sealed-box.ts'
import { playerScope } from './spotify-provider.ts'
import { createSpotifyAccess } from './access.ts'
import type { SpotifyAccountDocument } from './document.ts'
import { Grant, grantOf } from './grant.ts'

declare module 'fastify' {
  interface FastifyInstance {
    spotifyAccounts: SpotifyAccounts
  }
}

export type SpotifyAccounts = Awaited<ReturnType<typeof createSpotifyAccounts>>

/** People's accounts at Spotify; their tokens are sealed for their owner. */
export async function createSpotifyAccounts(app: FastifyInstance) {
  const accounts = app.db.collection<SpotifyAccountDocument>('spotifyAccounts')
  await accounts.createIndex({ spotifyId: 1 }, { unique: true })
  const box = createSealedBox(app.config.TOKEN_KEYS)
  const readGrant = app.validator.reader(Grant)
  const access = createSpotifyAccess({
    accounts,
    box,
    flow: async () => await app.identityProviders.get('spotify').flow(),
    onRelink: async userId => await app.users.askToRelinkSpotify(userId),
    logger: app.log
  })

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
    await app.users.setSpotify(userId, { linked: true, relink: false, url: link })
  }

  return {
    /** Keeps what Spotify granted to an account whose identity it is. */
    link: async (userId: string, identity: Identity, token: Token) => await store(userId, grantOf(identity, token)),

    /** A grant to travel in the store until its owner claims it. */
    sealGrant: (userId: string, identity: Identity, token: Token): Sealed =>
      box.seal(JSON.stringify(grantOf(identity, token)), userId),

    /** Throws CONFLICT when another account here has this Spotify account, or this one has another. */
    async linkSealed(userId: string, sealed: Sealed): Promise<void> {
      const grant = readGrant(JSON.parse(box.open(sealed, userId)))
      const before = await accounts.findOne({ _id: userId })
      if (before && before.spotifyId !== grant.spotifyId) {
        throw new CodedError('CONFLICT', 'Unlink the other Spotify account first.')
      }
      if (!(await app.identities.claim('spotify', grant.spotifyId, userId, false))) {
        throw new CodedError('CONFLICT', 'Another account here has this Spotify account.')
      }
      await store(userId, grant)
    },

    /** Nothing happens when none is linked. Throws CONFLICT when it is the only way to sign in. */
    async unlink(userId: string): Promise<void> {
      const account = await accounts.findOne({ _id: userId })
      if (!account) return
      await app.identities.release('spotify', account.spotifyId, userId)
      await accounts.deleteOne({ _id: userId })
      await app.users.setSpotify(userId, null)
    },

    /** Asks Spotify as this person. Throws SPOTIFY_OFF, SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, UNAVAILABLE, and what the question throws. */
    async ask<T>(userId: string, question: (token: string) => Promise<T>): Promise<T> {
      app.identityProviders.get('spotify')
      return await access.ask(userId, question)
    },

    /** What Spotify's own player needs, for who opted in. Throws SPOTIFY_OFF, SPOTIFY_NOT_LINKED, SPOTIFY_RELINK, FORBIDDEN. */
    async playerToken(userId: string): Promise<PlayerToken> {
      app.identityProviders.get('spotify')
      if (!app.config.SPOTIFY_PLAYER) throw new CodedError('FORBIDDEN', "Spotify's own player is off here.")
      const { scopes } = await access.demand(userId)
      if (!playerScope.every(scope => scopes.includes(scope))) {
        throw new CodedError('FORBIDDEN', 'Link Spotify again and allow its player.')
      }
      const accessToken = await access.accessToken(userId)
      const { expiresAt } = await access.demand(userId)
      return { accessToken, expiresIn: Math.max(1, Math.floor((expiresAt.getTime() - Date.now()) / 1000)) }
    },

    reseal: access.reseal,
    find: async (userId: string) => await accounts.findOne({ _id: userId }),
    forget: async (userId: string) => {
      await accounts.deleteOne({ _id: userId })
    }
  }
}

export default fp(
  async app => {
    const accounts = await createSpotifyAccounts(app)
    app.decorate('spotifyAccounts', accounts)
    app.personalData.register('spotify', {
      async *export(userId) {
        const account = await accounts.find(userId)
        if (account) {
          yield {
            spotifyId: account.spotifyId,
            displayName: account.displayName,
            link: account.link,
            scopes: account.scopes,
            linkedAt: account.linkedAt
          }
        }
      },
      erase: async userId => await accounts.forget(userId)
    })
    app.addHook('onReady', async () => {
      const count = await accounts.reseal()
      if (count > 0) app.log.info({ count }, "tokens of Spotify's were sealed again with the newest of TOKEN_KEYS")
    })
  },
  {
    name: 'spotify-accounts',
    dependencies: ['mongodb', 'users', 'identities', 'identity-providers', 'personal-data', 'validation']
  }
)
