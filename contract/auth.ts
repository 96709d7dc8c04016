import { Type, type Static } from 'typebox'
import { Exactly } from './primitives.ts'
import { DisplayName } from './text.ts'
import { User } from './users.ts'

/** Body of `POST /v1/auth/dev-login`. */
export const DevLogin = Exactly({ displayName: DisplayName })
export type DevLogin = Static<typeof DevLogin>

/** An opaque refresh token; its shape is checked by looking it up. */
export const RefreshToken = Type.String({ minLength: 1, maxLength: 512 })

/** Body of `POST /v1/auth/refresh`. */
export const RefreshBody = Exactly({ refreshToken: RefreshToken })
export type RefreshBody = Static<typeof RefreshBody>

/** Body of `POST /v1/auth/logout`; `everywhere` ends all the person's sessions. */
export const LogoutBody = Exactly({ refreshToken: RefreshToken, everywhere: Type.Optional(Type.Boolean()) })
export type LogoutBody = Static<typeof LogoutBody>

/** What signing in answers; `expiresIn` in seconds. */
export const Tokens = Exactly({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresIn: Type.Integer({ description: 'Seconds until the access token is over' }),
  user: User
})
export type Tokens = Static<typeof Tokens>
