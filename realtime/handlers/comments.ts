import type { LiveComment } from '../../contract/comments.ts'
import type { Comments } from '../../plugins/app/comments/comments.ts'
import type { CommentDraft } from '../delivery/comment-intake.ts'
import type { ReactionCounter } from '../delivery/reaction-counter.ts'
import type { Handlers } from '../sockets/gate.ts'
import { checkCommand, getMembership, runCommand } from '../sockets/membership.ts'
import type { Membership } from '../sockets/socket-data.ts'

export interface CommentHandlerParts {
  comments: Pick<Comments, 'findAuthorId' | 'remove'>
  /** Stores a comment at the home of the show. Throws like `CommentIntake.send`. */
  sendComment(membership: Membership, draft: CommentDraft): Promise<LiveComment>
  reactions: Pick<ReactionCounter, 'add'>
}

type CommentEvent = 'comment:send' | 'comment:delete' | 'comment:mute' | 'reaction:send'

/** Comments and reactions. */
export function commentHandlers({
  comments,
  sendComment,
  reactions
}: CommentHandlerParts): Pick<Handlers, CommentEvent> {
  return {
    'comment:send': async (socket, draft) => ({ comment: await sendComment(getMembership(socket), draft) }),
    async 'comment:delete'(socket, { commentId }) {
      const { room } = getMembership(socket)
      const authorId = await comments.findAuthorId(room.showId, commentId)
      checkCommand(socket, { type: 'comment:delete', authorId })
      await comments.remove(room.showId, commentId)
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
