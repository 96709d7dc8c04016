import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import { createSealedBox } from '../identity/sealed-box.ts'
import { createCallBudget } from './call-budget.ts'
import { createSharedCallBudget } from './shared-call-budget.ts'
import type { SpotifyAccountDocument } from './document.ts'
import { createSpotifyAccounts, type SpotifyAccounts } from './spotify-accounts.ts'
import { createSpotifyLibrary, type SpotifyLibrary } from './spotify-library.ts'
import { createSpotifyProvider } from './spotify-provider.ts'

declare module 'fastify' {
  interface FastifyInstance {
    spotify: SpotifyLibrary
    spotifyAccounts: SpotifyAccounts
  }
}

const minuteMs = 60_000
/** A node that got a token from Spotify has stored it after this time, unless the database is away. */
const otherNodesStoreMs = 1_000

/** Spotify: signing in with it, linking accounts, and reading playlists and tracks. */
export default fp(
  async app => {
    const { config, db, validator, identities, identityProviders, users, redis, spotifyApi: api } = app
    const { createOAuthFlow, publicUrl } = app
    const provider = createSpotifyProvider({ config, validator, createOAuthFlow, publicUrl, api })
    const accounts = await createSpotifyAccounts({
      accounts: db.collection<SpotifyAccountDocument>('spotifyAccounts'),
      box: createSealedBox(config.TOKEN_KEYS),
      validator,
      identities,
      async flow() {
        if (!provider) throw new CodedError('SPOTIFY_OFF', 'Spotify is not set up on this server.')
        return await provider.flow()
      },
      users,
      allowsPlayer: config.SPOTIFY_PLAYER,
      otherNodesStoreMs: config.REDIS_URL === undefined ? 0 : otherNodesStoreMs,
      logger: app.log
    })
    app.decorate('spotifyAccounts', accounts)
    app.personalData.register('spotify', accounts)
    app.addHook('onReady', async () => {
      const count = await accounts.reseal()
      if (count > 0) app.log.info({ count }, 'Spotify tokens sealed again with the newest of TOKEN_KEYS')
    })

    if (provider) {
      // Created now, so that settings which it refuses keep the server from starting.
      await provider.flow()
      identityProviders.register('spotify', { ...provider, linking: accounts.linking })
    }

    const limits = {
      perPerson: config.LIMIT_SPOTIFY_CALLS_PER_MINUTE_PER_PERSON,
      all: config.LIMIT_SPOTIFY_CALLS_PER_MINUTE,
      windowMs: minuteMs
    }
    const takeCall = redis ? createSharedCallBudget(redis.commands, limits) : createCallBudget(limits)
    app.decorate('spotify', createSpotifyLibrary({ accounts, api, validator, takeCall }))
  },
  {
    name: 'spotify',
    dependencies: ['mongodb', 'redis', 'oauth2', 'spotify-api', 'http', 'privacy', 'people', 'identity']
  }
)
