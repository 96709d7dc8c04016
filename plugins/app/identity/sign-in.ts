import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { CodedError } from '../../../contract/errors.ts'
import type { CodeExchange, LinkRequest, ProviderName, ProviderReturn, SignInStart } from '../../../contract/sign-in.ts'
import { cleanText, textFault } from '../../../contract/text.ts'
import type { Identity } from './identity-provider.ts'
import { createOneTimeCodes, hashed } from './one-time-codes.ts'
import { scopeWithPlayer } from '../spotify/spotify-provider.ts'

declare module 'fastify' {
  interface FastifyInstance {
    signIn: SignInService
  }
}

/** Somebody on the way to a provider and back. */
interface TripDocument {
  /** Of the state, hashed. */
  _id: string
  provider: ProviderName
  redirectUri: string
  codeChallenge: string
  nonce: string
  /** Who wants to link an account; null for who signs in. */
  linkUserId: string | null
  expiresAt: Date
}

/** A link trip that has not reached the browser yet. */
interface TicketDocument {
  _id: string
  userId: string
  redirectUri: string
  codeChallenge: string
  player: boolean
  expiresAt: Date
}

const tripMs = 600_000
const ticketMs = 120_000

export type SignInService = Awaited<ReturnType<typeof createSignIn>>

/** Signing in and linking by a third party, for browsers and for apps: out with a challenge, back with a code. */
export async function createSignIn(app: FastifyInstance) {
  const trips = app.db.collection<TripDocument>('signInTrips')
  const tickets = app.db.collection<TicketDocument>('linkTickets')
  const codes = await createOneTimeCodes(app.db)
  await trips.createIndex({ expiresAt: 1 })
  await tickets.createIndex({ expiresAt: 1 })

  function requireListed(redirectUri: string): void {
    const { REDIRECT_URIS } = app.config
    const listed = REDIRECT_URIS.length > 0 ? REDIRECT_URIS : [`${app.publicUrl()}/sign-in`]
    if (!listed.includes(redirectUri)) {
      throw new CodedError('VALIDATION', 'The request does not fit.', {
        issues: [{ path: '/redirectUri', message: "is not one of this server's REDIRECT_URIS" }]
      })
    }
  }

  async function depart(
    provider: ProviderName,
    { redirectUri, codeChallenge, player = false }: LinkRequest,
    linkUserId: string | null,
    request: FastifyRequest,
    reply: FastifyReply
  ): Promise<string> {
    const flow = await app.identityProviders.get(provider).flow()
    const { url, state } = await flow.start(request, reply)
    const nonce = randomBytes(16).toString('base64url')
    if (player) url.searchParams.set('scope', scopeWithPlayer)
    if (provider === 'oidc') url.searchParams.set('nonce', nonce)
    const now = Date.now()
    await trips.deleteMany({ expiresAt: { $lt: new Date(now) } })
    await trips.insertOne({
      _id: hashed(state),
      provider,
      redirectUri,
      codeChallenge,
      nonce,
      linkUserId,
      expiresAt: new Date(now + tripMs)
    })
    return url.href
  }

  /** The trip this answer ends, once. Throws VALIDATION: then nobody is sent anywhere. */
  async function arrive(provider: ProviderName, state: string, request: FastifyRequest): Promise<TripDocument> {
    const flow = await app.identityProviders.get(provider).flow()
    // Looked at before anything is used up, so that nobody ends another's trip.
    const trip = flow.isOfThisBrowser(request, state)
      ? await trips.findOneAndDelete({ _id: hashed(state), provider })
      : null
    if (trip && trip.expiresAt.getTime() > Date.now()) return trip
    throw new CodedError('VALIDATION', 'This sign-in was not begun in this browser, or took too long. Begin again.')
  }

  /** The account of a provider's identity; a new one for somebody new. */
  async function userOf(provider: ProviderName, identity: Identity): Promise<string> {
    const known = await app.identities.find(provider, identity.subject)
    if (known !== null) return known
    const { id } = await app.users.create({ displayName: nameOf(identity), avatarUrl: identity.avatarUrl })
    if (await app.identities.claim(provider, identity.subject, id, true)) return id
    // The same person came through two doors at once; the first account is theirs.
    await app.users.remove(id)
    return await userOf(provider, identity)
  }

  async function codeFor(trip: TripDocument, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const provider = app.identityProviders.get(trip.provider)
    const token = await (await provider.flow()).finish(request, reply)
    const identity = await provider.identify(token, trip.nonce)
    if (trip.linkUserId !== null) {
      return await codes.issue(
        {
          kind: 'link',
          userId: trip.linkUserId,
          grant: app.spotifyAccounts.sealGrant(trip.linkUserId, identity, token)
        },
        trip.codeChallenge
      )
    }
    const userId = await userOf(trip.provider, identity)
    if (trip.provider === 'spotify') await app.spotifyAccounts.link(userId, identity, token)
    return await codes.issue({ kind: 'signIn', userId }, trip.codeChallenge)
  }

  return {
    /** Where to send a browser that wants to sign in. Throws VALIDATION, SPOTIFY_OFF, NOT_FOUND, UNAVAILABLE. */
    async start(
      provider: ProviderName,
      start: SignInStart,
      request: FastifyRequest,
      reply: FastifyReply
    ): Promise<string> {
      app.identityProviders.get(provider)
      requireListed(start.redirectUri)
      return await depart(provider, start, null, request, reply)
    },

    /** An address for the caller's browser, good once and for two minutes, where linking Spotify begins. Throws SPOTIFY_OFF, VALIDATION, FORBIDDEN. */
    async startLink(userId: string, { redirectUri, codeChallenge, player = false }: LinkRequest): Promise<string> {
      app.identityProviders.get('spotify')
      requireListed(redirectUri)
      if (player && !app.config.SPOTIFY_PLAYER) throw new CodedError('FORBIDDEN', "Spotify's own player is off here.")
      const ticket = randomBytes(32).toString('base64url')
      const now = Date.now()
      await tickets.deleteMany({ expiresAt: { $lt: new Date(now) } })
      await tickets.insertOne({
        _id: hashed(ticket),
        userId,
        redirectUri,
        codeChallenge,
        player,
        expiresAt: new Date(now + ticketMs)
      })
      return `${app.publicUrl()}/v1/auth/spotify/link?ticket=${ticket}`
    },

    /** Where the browser that holds this ticket goes. Throws VALIDATION. */
    async followTicket(ticket: string, request: FastifyRequest, reply: FastifyReply): Promise<string> {
      const found = await tickets.findOneAndDelete({ _id: hashed(ticket) })
      if (!found || found.expiresAt.getTime() <= Date.now()) {
        throw new CodedError('VALIDATION', 'This link was used already, or took too long. Begin again.')
      }
      return await depart('spotify', found, found.userId, request, reply)
    },

    /** Where a browser goes that comes back from the provider. Throws VALIDATION when it did not begin the trip. */
    async finish(
      providerName: ProviderName,
      { state = '', error }: ProviderReturn,
      request: FastifyRequest,
      reply: FastifyReply
    ): Promise<string> {
      const trip = await arrive(providerName, state, request)
      const back = new URL(trip.redirectUri)
      if (error !== undefined) {
        back.searchParams.set('error', error === 'access_denied' ? 'access_denied' : 'server_error')
        return back.href
      }
      try {
        back.searchParams.set('code', await codeFor(trip, request, reply))
      } catch (error) {
        request.log.warn({ err: error, provider: providerName }, 'signing in by a provider failed')
        back.searchParams.set(
          'error',
          error instanceof CodedError && error.code === 'FORBIDDEN' ? 'access_denied' : 'temporarily_unavailable'
        )
      }
      return back.href
    },

    /** Who signed in. Throws UNAUTHENTICATED. */
    async redeem(exchange: CodeExchange): Promise<string> {
      return (await codes.redeem('signIn', exchange)).userId
    },

    /** Links the Spotify account somebody came back with. Throws SPOTIFY_OFF, UNAUTHENTICATED, CONFLICT when another account has it. */
    async finishLink(userId: string, exchange: CodeExchange): Promise<void> {
      app.identityProviders.get('spotify')
      const { userId: starter, grant } = await codes.redeem('link', exchange)
      if (starter !== userId) throw new CodedError('UNAUTHENTICATED', 'This code is not good any more; link again.')
      await app.spotifyAccounts.linkSealed(userId, grant)
    }
  }
}

/** The provider's name for somebody where it can stand beside what they say here. */
function nameOf({ displayName }: Identity): string {
  const name = [...new Intl.Segmenter().segment(cleanText(displayName))]
    .slice(0, 50)
    .map(({ segment }) => segment)
    .join('')
    .trim()
  return textFault(name, { min: 1, max: 50, multiline: false }) === null ? name : 'Somebody'
}

export default fp(
  async app => {
    app.decorate('signIn', await createSignIn(app))
  },
  {
    name: 'sign-in',
    dependencies: ['mongodb', 'users', 'identities', 'identity-providers', 'spotify-accounts', 'public-url']
  }
)
