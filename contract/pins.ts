import { Type, type Static } from 'typebox'
import { Exactly, Id, Nullable, TimeMs } from './primitives.ts'
import { LinkLabel } from './text.ts'

/** The comment that a host has pinned, as a member sees it. */
export const PinnedCommentFields = {
  commentId: Id,
  userId: Id,
  displayName: Type.String(),
  avatarUrl: Nullable(Type.String()),
  text: Type.String()
}

/**
 * The address of a pinned link: http or https, with a host and without the name of a user, which would let one site
 * pose as another. At most 500 characters.
 */
export const PinnedUrl = Type.String({
  format: 'uri',
  pattern: '^https?://[^\\s/?#@\\\\]+([/?#]\\S*)?$',
  maxLength: 500,
  'x-blocked-words': true,
  description: 'An http or https address without a user name',
  examples: ['https://example.com/tickets']
})

const pinnedFields = { by: Id, pinnedAt: TimeMs }

/**
 * The comment or the link that is pinned in a show, with the host who pinned it and the server time in ms. `pinnedAt`
 * tells two pins of a show apart.
 */
export const Pin = Type.Union([
  Exactly({ kind: Type.Literal('comment'), ...PinnedCommentFields, ...pinnedFields }),
  Exactly({ kind: Type.Literal('link'), url: PinnedUrl, text: LinkLabel, ...pinnedFields })
])
export type Pin = Static<typeof Pin>

/** A comment that a host wants to pin. */
export type PinnableComment = Omit<Extract<Pin, { kind: 'comment' }>, 'kind' | 'by' | 'pinnedAt'>
