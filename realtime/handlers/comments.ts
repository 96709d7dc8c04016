import type { Comments } from '../../plugins/app/comments/comments.ts'
import type { CommentIntake } from '../delivery/comment-intake.ts'
import type { ReactionCounter } from '../delivery/reaction-counter.ts'
import type { Handlers } from '../sockets/gate.ts'
import { checkCommand, getMembership, runCommand } from '../sockets/membership.ts'

export interface CommentHandlerParts {
  comments: Pick<Comments, 'findAuthorId' | 'remove'>
  intake: CommentIntake
  reactions: Pick<ReactionCounter, 'add'>
}

type CommentEvent = 'comment:send' | 'comment:delete' | 'comment:mute' | 'reaction:send'

/** Comments and reactions. */
export function commentHandlers({ comments, intake, reactions }: CommentHandlerParts): Pick<Handlers, CommentEvent> {
  return {
    'comment:send': async (socket, draft) => ({ comment: await intake.send(getMembership(socket), draft) }),
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
