import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OAuthFlow } from '../../external/oauth2.ts'
import type { Sealed } from './sealed-box.ts'

/** A person's identity at a provider; `subject` never changes there. */
export interface Identity {
  subject: string
  displayName: string
  avatarUrl: string | null
  link: string | null
}

/** Options of the authorization URL of a sign-in or a link. */
export interface AuthorizationOptions {
  nonce: string
  /** Whether the person allows the provider's own player. */
  player: boolean
}

/** Tokens of a provider, in the form in which its token endpoint sends them. */
export interface ProviderToken {
  readonly access_token: string
  readonly refresh_token?: string | undefined
  readonly expires_in: number
}

/** The owner of an account at a provider. `token` is null for a provider whose accounts can't be linked. */
export interface Identification {
  identity: Identity
  token: ProviderToken | null
}

/** A third party that signs people in. */
export interface IdentityProvider {
  /** Throws UNAVAILABLE while the provider's endpoints can't be discovered. */
  flow(): Promise<Pick<OAuthFlow, 'start' | 'isOfThisBrowser'>>
  /** Returns the parameters of the authorization URL beside those of every OAuth flow. */
  authorizationParams(options: AuthorizationOptions): Readonly<Record<string, string>>
  /**
   * Exchanges the code in the query of the callback and returns whose it is. Throws when something is not valid.
   * `nonce` is that of the authorization URL.
   */
  identify(request: FastifyRequest, reply: FastifyReply, nonce: string): Promise<Identification>
  /** Set for a provider whose accounts can be linked. */
  linking?: AccountLinking
}

/** Links accounts at a provider to accounts here, with the access the provider has granted. */
export interface AccountLinking {
  /** Throws FORBIDDEN for options that the settings do not allow. */
  assertAllowed(options: Pick<AuthorizationOptions, 'player'>): void
  /** Stores the grant of a sign-in, whose identity belongs to the account already. */
  keepGrant(userId: string, identified: Identification): Promise<void>
  /** Seals a grant, to be stored until its owner redeems it. */
  sealGrant(userId: string, identified: Identification): Sealed
  /** Links the account of a sealed grant. Throws CONFLICT when another account here has it, or this one has another. */
  redeemGrant(userId: string, grant: Sealed): Promise<void>
}
