import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime } from './primitives.ts'
import { DisplayName } from './text.ts'
import { User } from './users.ts'

/** Body of `POST /v1/auth/dev-login`. */
export const DevLogin = Exactly({ displayName: DisplayName })
export type DevLogin = Static<typeof DevLogin>

/** Body of `POST /v1/auth/guest`. */
export const GuestLogin = Exactly({ displayName: Type.Optional(DisplayName) })
export type GuestLogin = Static<typeof GuestLogin>

/** A sign-in on a device. `current` is the sign-in of the request. */
export const SignInSession = Exactly({
  id: Id,
  device: Type.String({ description: 'Name of the app: its User-Agent, shortened' }),
  createdAt: IsoTime,
  lastUsedAt: IsoTime,
  current: Type.Boolean()
})
export type SignInSession = Static<typeof SignInSession>

/** An opaque refresh token; its shape is checked by looking it up. */
export const RefreshToken = Type.String({ minLength: 1, maxLength: 512 })

/** Body of `POST /v1/auth/refresh`. */
export const RefreshBody = Exactly({ refreshToken: RefreshToken })
export type RefreshBody = Static<typeof RefreshBody>

/** Body of `POST /v1/auth/logout`; `everywhere` ends all sign-ins of the person. */
export const LogoutBody = Exactly({ refreshToken: RefreshToken, everywhere: Type.Optional(Type.Boolean()) })
export type LogoutBody = Static<typeof LogoutBody>

/** Answer of signing in. */
export const Tokens = Exactly({
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresIn: Type.Integer({ description: 'Seconds until the access token expires' }),
  user: User
})
export type Tokens = Static<typeof Tokens>
