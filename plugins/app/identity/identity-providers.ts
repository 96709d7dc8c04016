import { CodedError } from '../../../contract/errors.ts'
import type { ProviderName } from '../../../contract/sign-in.ts'
import type { AccountLinking, IdentityProvider } from './identity-provider.ts'

export type IdentityProviders = ReturnType<typeof createIdentityProviders>

/** Registry of the providers that are configured on this server. */
export function createIdentityProviders() {
  const providers = new Map<ProviderName, IdentityProvider>()

  /** Throws SPOTIFY_OFF or NOT_FOUND when the provider is not configured. */
  function get(name: ProviderName): IdentityProvider {
    const provider = providers.get(name)
    if (provider) return provider
    throw name === 'spotify'
      ? new CodedError('SPOTIFY_OFF', 'Spotify is not set up on this server.')
      : new CodedError('NOT_FOUND', 'This way to sign in is not set up on this server.')
  }

  return {
    register(name: ProviderName, provider: IdentityProvider): void {
      providers.set(name, provider)
    },

    get,

    /** Throws SPOTIFY_OFF or NOT_FOUND when accounts of the provider can't be linked. */
    getLinking(name: ProviderName): AccountLinking {
      const { linking } = get(name)
      if (!linking) throw new CodedError('NOT_FOUND', 'Accounts of this provider cannot be linked.')
      return linking
    }
  }
}
