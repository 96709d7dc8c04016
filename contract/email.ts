import { Type, type Static } from 'typebox'
import { Exactly, IsoTime, Nullable, OneOf } from './primitives.ts'

/**
 * State of an address: `waiting` until the link in its mail is opened; `refused` for good by the server of the mailbox,
 * or by its reader with the link "I did not ask for this".
 */
export const EmailStatus = OneOf(['none', 'waiting', 'verified', 'refused'], 'State of the address')
export type EmailStatus = Static<typeof EmailStatus>

/** The e-mail address to which the caller gets messages. `isAvailable`: this server sends e-mail. */
export const EmailAddress = Exactly({
  isAvailable: Type.Boolean({ description: 'Whether this server sends e-mail' }),
  address: Nullable(Type.String()),
  status: EmailStatus,
  expiresAt: Nullable(
    Type.Unsafe<string>({ ...IsoTime, description: 'End of the link in the mail, while it waits to be opened' })
  )
})
export type EmailAddress = Static<typeof EmailAddress>

const mailbox = "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
const label = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'

/** Body of `PUT /v1/users/me/email`. */
export const EmailDraft = Exactly(
  {
    address: Type.String({
      minLength: 6,
      maxLength: 254,
      pattern: `^${mailbox}@(${label}[.])+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$`,
      description: 'An address at a domain of the internet, in ASCII'
    })
  },
  { examples: [{ address: 'anna@example.org' }] }
)
export type EmailDraft = Static<typeof EmailDraft>

const Token = Type.String({
  minLength: 1,
  maxLength: 1000,
  pattern: '^[A-Za-z0-9._-]+$',
  description: 'Token of a link in a mail'
})

/** Body of `POST /v1/email/verify`, `/block` and `/unblock`: the token of the link in the mail. */
export const EmailToken = Exactly({ token: Token })
export type EmailToken = Static<typeof EmailToken>
