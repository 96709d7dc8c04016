import type { Token } from '@fastify/oauth2'
import fp from 'fastify-plugin'
import { CodedError } from '../../contract/errors.ts'
import type { ProviderName } from '../../contract/sign-in.ts'
import type { OAuthFlow } from '../external/oauth2.ts'
import { createOidcProvider } from './sign-in/oidc-provider.ts'
import { createSpotifyProvider } from './sign-in/spotify-provider.ts'

declare module 'fastify' {
  interface FastifyInstance { identityProviders: IdentityProviders }
}

/** Somebody as a provider knows them; `subject` never changes there. */
export interface Identity { subject: string, displayName: string, avatarUrl: string | null, link: string | null }

/** One who signs people in for us. */
export interface IdentityProvider {
  /** Throws UNAVAILABLE while its endpoints can't be learnt. */
  flow (): Promise<OAuthFlow>
  /** Whose tokens these are. Throws when they are not good; `nonce` is the one the trip began with. */
  identify (token: Token, nonce: string): Promise<Identity>
}

export interface IdentityProviders {
  /** Throws SPOTIFY_OFF or NOT_FOUND where it is not set up. */
  get (name: ProviderName): IdentityProvider
}

/** Makes something at first use; what fails is tried again at the next. */
export function onFirstUse<T> (make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return async () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return await made
  }
}

export default fp(async app => {
  const providers = new Map<ProviderName, IdentityProvider>()
  const spotify = createSpotifyProvider(app)
  const oidc = createOidcProvider(app)
  if (spotify) providers.set('spotify', spotify)
  if (oidc) providers.set('oidc', oidc)

  app.decorate('identityProviders', {
    get (name) {
      const provider = providers.get(name)
      if (provider) return provider
      throw name === 'spotify'
        ? new CodedError('SPOTIFY_OFF', 'Spotify is not set up here.')
        : new CodedError('NOT_FOUND', 'No such way to sign in is set up here.')
    }
  })
}, { name: 'identity-providers', dependencies: ['oauth2', 'spotify-api', 'public-url'] })
