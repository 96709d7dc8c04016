import { ClientSecretJwt, ClientSecretPost, None, type ClientAuth } from 'openid-client'

/** Authentication of a client at a token endpoint, by one of the methods that its provider supports. */
export interface SwitchingAuthentication {
  authenticate: ClientAuth
  /** Chooses among the methods of a provider. Throws when none of them can be used. */
  choose(supported: readonly string[] | undefined): void
  /** The method of the next request; undefined for a public client. */
  readonly current: ClientAuth | undefined
  /** Number of methods that can be used. */
  readonly count: number
  /** Goes on with the next method after a refused one, unless another request did so meanwhile. */
  leave(refused: ClientAuth | undefined): void
}

/**
 * Sends id and secret in the header, form-encoded: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1. The function of
 * the library also encodes `-`, `_` and `.`, which providers that do not decode take for another secret.
 */
function clientSecretBasic(clientSecret: string): ClientAuth {
  const encode = (text: string) => new URLSearchParams({ '': text }).toString().slice(1)
  return (_server, { client_id: clientId }, _body, headers) =>
    headers.set('authorization', `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`)
}

/** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata says that this is the default. */
const defaultMethods = ['client_secret_basic']

/**
 * Creates the authentication of a client. A provider may support several methods but expect another one from each
 * client, so the next method is tried when it refuses one, and the first again after the last: a secret that the
 * provider did not know yet is no reason to give up a method.
 */
export function clientAuthenticationOf(clientSecret: string | undefined): SwitchingAuthentication {
  const methods: readonly (readonly [name: string, method: ClientAuth])[] =
    clientSecret === undefined
      ? []
      : [
          ['client_secret_basic', clientSecretBasic(clientSecret)],
          ['client_secret_post', ClientSecretPost(clientSecret)],
          ['client_secret_jwt', ClientSecretJwt(clientSecret)]
        ]
  let usable: ClientAuth[] = []

  return {
    authenticate: async (...request) => await (usable[0] ?? None())(...request),

    choose(supported = defaultMethods) {
      usable = methods.flatMap(([name, method]) => (supported.includes(name) ? [method] : []))
      if (clientSecret === undefined || usable.length > 0 || supported.includes('none')) return
      throw new Error(`the provider supports no authentication by secret, only ${supported.join(', ')}`)
    },

    get current() {
      return usable[0]
    },

    get count() {
      return usable.length
    },

    leave(refused) {
      const [first, ...others] = usable
      if (first && first === refused) usable = [...others, first]
    }
  }
}
