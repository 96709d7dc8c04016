import type { Comments } from '../../plugins/app/comments/comments.ts'
import type { CommentIntake } from '../delivery/comment-intake.ts'
import type { Handlers } from '../sockets/gate.ts'
import { check, command, membershipOf } from '../sockets/membership.ts'
import type { ReactionCounter } from '../delivery/reaction-counter.ts'

export interface CommentHandlerParts {
  comments: Pick<Comments, 'findAuthorId' | 'remove'>
  intake: CommentIntake
  reactions: Pick<ReactionCounter, 'add'>
}

type CommentEvent = 'comment:send' | 'comment:delete' | 'comment:mute' | 'reaction:send'

/** What people say beside the voices. */
export function commentHandlers({ comments, intake, reactions }: CommentHandlerParts): Pick<Handlers, CommentEvent> {
  return {
    'comment:send': async (socket, said) => ({ comment: await intake.send(membershipOf(socket), said) }),
    async 'comment:delete'(socket, { commentId }) {
      const {
        room: { showId }
      } = membershipOf(socket)
      const authorId = await comments.findAuthorId(showId, commentId)
      check(socket, { type: 'comment:delete', authorId })
      await comments.remove(showId, commentId)
      return {}
    },
    async 'comment:mute'(socket, mute) {
      await command(socket, { type: 'comment:mute', ...mute })
      return {}
    },
    async 'reaction:send'(socket, { emoji }) {
      const {
        room: { showId }
      } = check(socket, { type: 'reaction:send' })
      reactions.add(showId, emoji)
      return {}
    }
  }
}
