import fp from 'fastify-plugin'
import { createAccountLinks, type AccountLinks, type TicketDocument } from './account-links.ts'
import { createAuthentication, type Authenticate } from './authenticate.ts'
import { createGuestCleanup, type GuestCleanup } from './guest-cleanup.ts'
import { createIdentities, type Identities, type IdentityDocument } from './identities.ts'
import { createIdentityProviders, type IdentityProviders } from './identity-providers.ts'
import { createOidcProvider } from './oidc-provider.ts'
import { createOneTimeCodes, type CodeDocument } from './one-time-codes.ts'
import { createProviderTrips, type TripDocument } from './provider-trips.ts'
import type { SessionDocument } from './session-records.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { createSignIn, type SignInService } from './sign-in.ts'
import { createSuspensions, type SuspensionDocument, type Suspensions } from './suspensions.ts'
import { createTokens, type AccessClaims, type TokenService } from './tokens.ts'

declare module 'fastify' {
  interface FastifyInstance {
    suspensions: Suspensions
    sessions: Sessions
    tokens: TokenService
    identities: Identities
    identityProviders: IdentityProviders
    signIn: SignInService
    accountLinks: AccountLinks
    guestCleanup: GuestCleanup
    /** Requires a valid access token. Throws UNAUTHENTICATED, TOKEN_EXPIRED, RATE_LIMITED. */
    authenticate: Authenticate
    /**
     * Requires the access token of an account, not of a guest. Throws UNAUTHENTICATED, TOKEN_EXPIRED, FORBIDDEN,
     * RATE_LIMITED.
     */
    authenticateAccount: Authenticate
    /**
     * Takes an access token if there is one, which must be valid. Throws UNAUTHENTICATED, TOKEN_EXPIRED, RATE_LIMITED.
     */
    recognize: Authenticate
  }
  interface FastifyRequest {
    /** Claims of the caller's access token; null without one. */
    caller: AccessClaims | null
  }
}

const cleanupIntervalMs = 3_600_000
/** Shorter, because the code of a linked account has its tokens, sealed. */
const expiredIntervalMs = 600_000
const finishIntervalMs = 5_000
const missedIntervalMs = 10_000

/** Identity: sign-ins, access tokens, identity providers, suspensions. */
export default fp(
  async app => {
    const { db, config, jwt, validator, publicUrl, users, personalData, erasure, maintenance } = app

    const suspensions = createSuspensions(db.collection<SuspensionDocument>('suspensions'))
    app.decorate('suspensions', suspensions)
    personalData.register('suspensions', { export: suspensions.export, erase: suspensions.remove })

    const sessions = await createSessions({
      sessions: db.collection<SessionDocument>('sessions'),
      refreshTtlMs: config.REFRESH_TOKEN_TTL_MS,
      accessTtlMs: config.ACCESS_TOKEN_TTL_MS,
      admit: suspensions.assertNotSuspended,
      feed: app.clusterFeed
    })
    app.decorate('sessions', sessions)
    personalData.register('sessions', sessions)
    erasure.prepareBy(sessions.revokeAll)
    maintenance.every('finish sign-outs', finishIntervalMs, sessions.finishRevocations)
    maintenance.every('remove ended sign-ins', cleanupIntervalMs, sessions.removeEnded)
    // A node that is cut off cannot tell the others, which do not know that they miss something.
    if (app.redis) maintenance.every('find ended sign-ins', missedIntervalMs, sessions.pollRevoked)
    const guestCleanup = createGuestCleanup({ users, sessions, erasure })
    app.decorate('guestCleanup', guestCleanup)
    maintenance.every('erase guests without a sign-in', cleanupIntervalMs, guestCleanup.run)

    const tokens = createTokens({
      jwt,
      keys: config.JWT_KEYS,
      ttlMs: config.ACCESS_TOKEN_TTL_MS,
      validator,
      isRevoked: signInId => sessions.isRevoked(signInId)
    })
    app.decorate('tokens', tokens)
    app.decorateRequest('caller', null)
    const { recognize, authenticate, authenticateAccount } = createAuthentication({
      tokens,
      countWithoutToken: app.countWithoutToken
    })
    app.decorate('recognize', recognize)
    app.decorate('authenticate', authenticate)
    app.decorate('authenticateAccount', authenticateAccount)

    const identities = await createIdentities(db.collection<IdentityDocument>('identities'))
    app.decorate('identities', identities)
    personalData.register('identities', identities)
    const identityProviders = createIdentityProviders()
    app.decorate('identityProviders', identityProviders)
    const oidc = createOidcProvider({
      config,
      discoverOpenId: app.discoverOpenId,
      publicUrl,
      logger: app.log
    })
    if (oidc) {
      identityProviders.register('oidc', oidc)
      // The log shows a wrong OIDC_ISSUER before somebody signs in. The server also starts while the provider is down.
      app.addHook('onListen', async () => {
        oidc.flow().catch(() => {})
      })
    }

    const codes = await createOneTimeCodes(db.collection<CodeDocument>('oneTimeCodes'))
    const trips = await createProviderTrips({
      trips: db.collection<TripDocument>('signInTrips'),
      identityProviders,
      allowedRedirectUris: () => (config.REDIRECT_URIS.length > 0 ? config.REDIRECT_URIS : [`${publicUrl()}/sign-in`])
    })
    app.decorate(
      'signIn',
      createSignIn({ trips, codes, identities, identityProviders, users, blockedWords: app.blockedWords })
    )
    const accountLinks = await createAccountLinks({
      tickets: db.collection<TicketDocument>('linkTickets'),
      trips,
      codes,
      identityProviders,
      publicUrl
    })
    app.decorate('accountLinks', accountLinks)
    maintenance.every('remove expired sign-in codes', expiredIntervalMs, async () => {
      for (const { removeExpired } of [codes, trips, accountLinks]) await removeExpired()
    })
  },
  {
    name: 'identity',
    dependencies: [
      'mongodb',
      'redis',
      'jwt',
      'rate-limit',
      'oauth2',
      'openid',
      'operations',
      'privacy',
      'http',
      'people'
    ]
  }
)
