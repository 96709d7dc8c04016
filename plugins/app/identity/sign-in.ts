import type { FastifyReply, FastifyRequest } from 'fastify'
import { CodedError } from '../../../contract/errors.ts'
import { leadingGraphemes } from '../../../contract/graphemes.ts'
import type { CodeExchange, ProviderName, ProviderReturn, SignInStart } from '../../../contract/sign-in.ts'
import { cleanText, textError } from '../../../contract/text.ts'
import type { WordFilter } from '../http/word-filter.ts'
import type { Users } from '../people/users.ts'
import type { Identities } from './identities.ts'
import type { Identity } from './identity-provider.ts'
import type { IdentityProviders } from './identity-providers.ts'
import type { OneTimeCodes } from './one-time-codes.ts'
import type { ProviderTrips, TripDocument } from './provider-trips.ts'

const maxNameGraphemes = 50

export interface SignInParts {
  trips: ProviderTrips
  codes: OneTimeCodes
  identities: Identities
  identityProviders: Pick<IdentityProviders, 'get' | 'getLinking'>
  users: Pick<Users, 'create' | 'remove'>
  blockedWords: WordFilter
}

export type SignInService = ReturnType<typeof createSignIn>

/** Sign-in by a third party, for browsers and apps: they leave with a challenge and return with a code. */
export function createSignIn({ trips, codes, identities, identityProviders, users, blockedWords }: SignInParts) {
  /** Returns the account of an identity, which is created for a new one. */
  async function accountOf(provider: ProviderName, identity: Identity): Promise<string> {
    const known = await identities.find(provider, identity.subject)
    if (known !== undefined) return known
    const { id } = await users.create({ displayName: nameOf(identity, blockedWords), avatarUrl: identity.avatarUrl })
    if (await identities.claim(provider, identity.subject, id, true)) return id
    // The same person has signed in twice at the same time; the first account is theirs.
    await users.remove(id)
    return await accountOf(provider, identity)
  }

  /** Returns the one-time code that ends a trip: of a link, or of a sign-in. */
  async function issueCode(trip: TripDocument, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const { provider: name, linkUserId, nonce, codeChallenge } = trip
    const provider = identityProviders.get(name)
    const identified = await provider.identify(request, reply, nonce)
    if (linkUserId !== null) {
      const grant = identityProviders.getLinking(name).sealGrant(linkUserId, identified)
      return await codes.issue({ kind: 'link', userId: linkUserId, grant }, codeChallenge)
    }
    const userId = await accountOf(name, identified.identity)
    await provider.linking?.keepGrant(userId, identified)
    return await codes.issue({ kind: 'signIn', userId }, codeChallenge)
  }

  return {
    /** Returns the URL a browser is sent to. Throws VALIDATION, SPOTIFY_OFF, NOT_FOUND, UNAVAILABLE. */
    async start(
      provider: ProviderName,
      start: SignInStart,
      request: FastifyRequest,
      reply: FastifyReply
    ): Promise<string> {
      identityProviders.get(provider)
      trips.assertAllowedRedirect(start.redirectUri)
      return await trips.start(provider, start, null, request, reply)
    },

    /**
     * Returns the URL a browser is sent to when it returns from the provider. Throws VALIDATION when it did not start
     * the trip.
     */
    async finish(
      providerName: ProviderName,
      { state = '', error }: ProviderReturn,
      request: FastifyRequest,
      reply: FastifyReply
    ): Promise<string> {
      const trip = await trips.finish(providerName, state, request)
      const back = new URL(trip.redirectUri)
      if (error !== undefined) {
        back.searchParams.set('error', error === 'access_denied' ? 'access_denied' : 'server_error')
        return back.href
      }
      try {
        back.searchParams.set('code', await issueCode(trip, request, reply))
      } catch (error) {
        request.log.warn({ err: error, provider: providerName }, 'sign-in by provider failed')
        const isDenied = error instanceof CodedError && error.code === 'FORBIDDEN'
        back.searchParams.set('error', isDenied ? 'access_denied' : 'temporarily_unavailable')
      }
      return back.href
    },

    /** Returns the account of a finished sign-in. Throws UNAUTHENTICATED. */
    async redeem(exchange: CodeExchange): Promise<string> {
      return (await codes.redeem('signIn', exchange)).userId
    }
  }
}

/** Returns the name at the provider as a display name that is allowed here. */
function nameOf({ displayName }: Identity, blockedWords: WordFilter): string {
  const name = leadingGraphemes(cleanText(displayName), maxNameGraphemes).trim()
  const isName = textError(name, { min: 1, max: maxNameGraphemes, multiline: false }) === null
  return isName && !blockedWords.finds(name) ? name : 'Somebody'
}
