import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'

/**
 * Answer of `GET /v1/auth/options`: the ways to sign in that this server offers, and whether its Spotify player is on.
 */
export const SignInOptions = Exactly({
  devLogin: Type.Boolean({ description: 'Sign-in with a name only, for development' }),
  guests: Type.Boolean({ description: 'Listening without an account' }),
  spotify: Type.Boolean(),
  spotifyPlayer: Type.Boolean({
    description: "Listeners may follow a show in Spotify's own player, in the web client"
  }),
  oidc: Type.Boolean({ description: 'An OpenID Connect provider of the operator' })
})
export type SignInOptions = Static<typeof SignInOptions>
