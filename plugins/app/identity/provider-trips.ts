import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Collection } from 'mongodb'
import { CodedError, invalidRequest } from '../../../contract/errors.ts'
import type { LinkRequest, ProviderName } from '../../../contract/sign-in.ts'
import type { IdentityProviders } from './identity-providers.ts'
import { hashOf } from './one-time-codes.ts'
import { deleteInSlices } from '../documents/slices.ts'

/** A browser on its way to a provider and back. */
export interface TripDocument {
  /** The hash of the OAuth state. */
  _id: string
  provider: ProviderName
  redirectUri: string
  codeChallenge: string
  nonce: string
  /** The account to link an account at the provider to; null for a sign-in. */
  linkUserId: string | null
  expiresAt: Date
}

const tripTtlMs = 600_000

export interface ProviderTripsParts {
  trips: Collection<TripDocument>
  identityProviders: Pick<IdentityProviders, 'get'>
  /** The URIs a browser may return to. */
  allowedRedirectUris(): readonly string[]
}

export type ProviderTrips = Awaited<ReturnType<typeof createProviderTrips>>

/** Sends browsers to a provider, and recognizes them when they return. */
export async function createProviderTrips({ trips, identityProviders, allowedRedirectUris }: ProviderTripsParts) {
  await trips.createIndex({ expiresAt: 1 })

  return {
    /** Throws VALIDATION. */
    assertAllowedRedirect(redirectUri: string): void {
      if (allowedRedirectUris().includes(redirectUri)) return
      throw invalidRequest([{ path: '/redirectUri', message: "is not one of this server's REDIRECT_URIS" }])
    },

    /** Records a trip and returns the authorization URL of the provider. `linkUserId` is null for a sign-in. */
    async start(
      provider: ProviderName,
      { redirectUri, codeChallenge, player = false }: LinkRequest,
      linkUserId: string | null,
      request: FastifyRequest,
      reply: FastifyReply
    ): Promise<string> {
      const { flow, authorizationParams } = identityProviders.get(provider)
      const { url, state } = await (await flow()).start(request, reply)
      const nonce = randomBytes(16).toString('base64url')
      for (const [name, value] of Object.entries(authorizationParams({ nonce, player }))) {
        url.searchParams.set(name, value)
      }
      await trips.insertOne({
        _id: hashOf(state),
        provider,
        redirectUri,
        codeChallenge,
        nonce,
        linkUserId,
        expiresAt: new Date(Date.now() + tripTtlMs)
      })
      return url.href
    },

    /** Removes the trips from which no browser returned in time. */
    async removeExpired(): Promise<void> {
      await deleteInSlices(trips, { expiresAt: { $lt: new Date() } })
    },

    /**
     * Returns the trip that ends with this state, once. Throws VALIDATION when the browser did not start it: it is not
     * redirected then.
     */
    async finish(provider: ProviderName, state: string, request: FastifyRequest): Promise<TripDocument> {
      const flow = await identityProviders.get(provider).flow()
      // Checked before the trip is deleted, so that nobody can end the trip of another browser.
      const trip = flow.isOfThisBrowser(request, state)
        ? await trips.findOneAndDelete({ _id: hashOf(state), provider })
        : null
      if (trip && trip.expiresAt.getTime() > Date.now()) return trip
      throw new CodedError(
        'VALIDATION',
        'This sign-in was not started in this browser, or it took too long. Start again.'
      )
    }
  }
}
