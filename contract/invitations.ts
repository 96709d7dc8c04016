import { Type, type Static } from 'typebox'
import { Exactly, Id, IsoTime, Nullable } from './primitives.ts'

const dayMs = 86_400_000

/** Body of `POST /v1/shows/:showId/invitations`. */
export const InvitationDraft = Exactly({
  maxUses: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Default 1' })),
  expiresInMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 * dayMs, description: 'Default seven days' }))
})
export type InvitationDraft = Static<typeof InvitationDraft>

/**
 * An invitation to a private show. `url` has the token in its fragment, and is null except in the answer to creating
 * it.
 */
export const Invitation = Exactly(
  {
    id: Id,
    url: Nullable(Type.String()),
    expiresAt: IsoTime,
    maxUses: Type.Integer({ minimum: 1 }),
    uses: Type.Integer({ minimum: 0 })
  },
  {
    examples: [
      {
        id: 'w3XaQz0LrTm8',
        url: 'https://shows.example.org/shows/q3Xw8nLrT0aZ#invitation=kDn1u4ZmT7q0kDn1u4Zm',
        expiresAt: '2027-03-08T19:00:00.000Z',
        maxUses: 3,
        uses: 0
      }
    ]
  }
)
export type Invitation = Static<typeof Invitation>

/** Body of `POST /v1/shows/:showId/invitations/accept`. */
export const InvitationAcceptance = Exactly({ token: Type.String({ minLength: 1, maxLength: 128 }) })
export type InvitationAcceptance = Static<typeof InvitationAcceptance>
