import type { SentComment } from '../../contract/comments.ts'
import type { Comments } from '../../plugins/app/comments/comments.ts'
import type { CommentDraft } from '../delivery/comment-intake.ts'
import type { HeldIntake } from '../delivery/held-intake.ts'
import type { ReactionCounter } from '../delivery/reaction-counter.ts'
import type { Handlers } from '../sockets/gate.ts'
import { checkCommand, getMembership, runCommand } from '../sockets/membership.ts'
import type { Membership } from '../sockets/socket-data.ts'

export interface CommentHandlerParts {
  comments: Pick<Comments, 'findAuthorId' | 'remove'>
  /** Stores a comment at the home of the show. Throws like `CommentIntake.send`. */
  sendComment(membership: Membership, draft: CommentDraft): Promise<SentComment>
  /** Publishes or declines a comment at the home of the show. Throws like `HeldIntake.answer`. */
  answerHeld(membership: Membership, answer: { heldId: string; accept: boolean }): Promise<void>
  held?: Pick<HeldIntake, 'list' | 'findAuthorId' | 'withdraw'> | undefined
  reactions: Pick<ReactionCounter, 'add'>
}

type CommentEvent =
  'comment:send' | 'comments:held' | 'comment:answer' | 'comment:delete' | 'comment:mute' | 'reaction:send'

/** Comments and reactions. */
export function commentHandlers({
  comments,
  sendComment,
  answerHeld,
  held,
  reactions
}: CommentHandlerParts): Pick<Handlers, CommentEvent> {
  return {
    'comment:send': async (socket, draft) => ({ comment: await sendComment(getMembership(socket), draft) }),
    async 'comments:held'(socket) {
      const { room, actor } = checkCommand(socket, { type: 'comments:held' })
      return { items: (await held?.list(room, actor)) ?? [] }
    },
    async 'comment:answer'(socket, answer) {
      await answerHeld(checkCommand(socket, { type: 'comment:answer' }), answer)
      return {}
    },
    async 'comment:delete'(socket, { commentId }) {
      const { room } = getMembership(socket)
      const heldAuthorId = (await held?.findAuthorId(room.showId, commentId)) ?? null
      const authorId = heldAuthorId ?? (await comments.findAuthorId(room.showId, commentId))
      checkCommand(socket, { type: 'comment:delete', authorId })
      if (heldAuthorId !== null) await held?.withdraw(room, commentId)
      else await comments.remove(room.showId, commentId)
      return {}
    },
    async 'comment:mute'(socket, payload) {
      await runCommand(socket, { type: 'comment:mute', ...payload })
      return {}
    },
    async 'reaction:send'(socket, { emoji }) {
      const { room } = checkCommand(socket, { type: 'reaction:send' })
      reactions.add(room.showId, emoji)
      return {}
    }
  }
}
