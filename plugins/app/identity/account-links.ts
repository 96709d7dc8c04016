import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Collection } from 'mongodb'
import { CodedError } from '../../../contract/errors.ts'
import type { CodeExchange, LinkRequest, ProviderName } from '../../../contract/sign-in.ts'
import type { IdentityProviders } from './identity-providers.ts'
import { hashOf, type OneTimeCodes } from './one-time-codes.ts'
import type { ProviderTrips } from './provider-trips.ts'
import { deleteInSlices } from '../documents/slices.ts'

/** A link that was started by an app and has not reached the browser yet. */
export interface TicketDocument {
  /** The hash of the ticket. */
  _id: string
  userId: string
  redirectUri: string
  codeChallenge: string
  player: boolean
  expiresAt: Date
}

const ticketTtlMs = 120_000

export interface AccountLinksParts {
  tickets: Collection<TicketDocument>
  trips: ProviderTrips
  codes: OneTimeCodes
  identityProviders: Pick<IdentityProviders, 'getLinking'>
  publicUrl(): string
}

export type AccountLinks = Awaited<ReturnType<typeof createAccountLinks>>

/** Links accounts at providers to accounts here. */
export async function createAccountLinks({ tickets, trips, codes, identityProviders, publicUrl }: AccountLinksParts) {
  await tickets.createIndex({ expiresAt: 1 })

  return {
    /**
     * Returns a URL for the caller's browser, valid once and for two minutes. Throws SPOTIFY_OFF, NOT_FOUND,
     * VALIDATION, FORBIDDEN.
     */
    async start(
      provider: ProviderName,
      userId: string,
      { redirectUri, codeChallenge, player = false }: LinkRequest
    ): Promise<string> {
      const linking = identityProviders.getLinking(provider)
      trips.assertAllowedRedirect(redirectUri)
      linking.assertAllowed({ player })
      const ticket = randomBytes(32).toString('base64url')
      await tickets.insertOne({
        _id: hashOf(ticket),
        userId,
        redirectUri,
        codeChallenge,
        player,
        expiresAt: new Date(Date.now() + ticketTtlMs)
      })
      return `${publicUrl()}/v1/auth/${provider}/link?ticket=${ticket}`
    },

    /** Removes the links that no browser followed in time. */
    async removeExpired(): Promise<void> {
      await deleteInSlices(tickets, { expiresAt: { $lt: new Date() } })
    },

    /** Returns the URL at the provider for the browser with this ticket. Throws VALIDATION. */
    async followTicket(
      provider: ProviderName,
      ticket: string,
      request: FastifyRequest,
      reply: FastifyReply
    ): Promise<string> {
      const found = await tickets.findOneAndDelete({ _id: hashOf(ticket) })
      if (!found || found.expiresAt.getTime() <= Date.now()) {
        throw new CodedError('VALIDATION', 'This link was used already, or it took too long. Start again.')
      }
      return await trips.start(provider, found, found.userId, request, reply)
    },

    /**
     * Links the account the browser returned with. Throws SPOTIFY_OFF, NOT_FOUND, UNAUTHENTICATED, CONFLICT (another
     * account has it).
     */
    async finish(provider: ProviderName, userId: string, exchange: CodeExchange): Promise<void> {
      const linking = identityProviders.getLinking(provider)
      const { userId: starterId, grant } = await codes.redeem('link', exchange)
      if (starterId !== userId) {
        throw new CodedError('UNAUTHENTICATED', 'This code is no longer valid; link again.')
      }
      await linking.redeemGrant(userId, grant)
    }
  }
}
