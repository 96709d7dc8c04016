import type { Token } from '@fastify/oauth2'
import type { OAuthFlow } from '../../external/oauth2.ts'

/** Somebody as a provider knows them; `subject` never changes there. */
export interface Identity {
  subject: string
  displayName: string
  avatarUrl: string | null
  link: string | null
}

/** One who signs people in for us. */
export interface IdentityProvider {
  /** Throws UNAVAILABLE while its endpoints can't be learnt. */
  flow(): Promise<OAuthFlow>
  /** Whose tokens these are. Throws when they are not good; `nonce` is the one the trip began with. */
  identify(token: Token, nonce: string): Promise<Identity>
}
