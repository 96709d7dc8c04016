import type { Comments } from '../../plugins/app/comments/comments.ts'
import type { Handlers } from '../sockets/gate.ts'
import { getMembership, runCommand } from '../sockets/membership.ts'

export interface PinHandlerParts {
  comments: Pick<Comments, 'findShown'>
}

/** Comments and links that hosts pin. */
export function pinHandlers({ comments }: PinHandlerParts): Pick<Handlers, 'comment:pin' | 'link:pin' | 'pin:remove'> {
  return {
    async 'comment:pin'(socket, { commentId }) {
      const { room } = getMembership(socket)
      const found = await comments.findShown(room.showId, commentId)
      const comment = found && {
        commentId,
        userId: found.author.id,
        displayName: found.author.displayName,
        avatarUrl: found.author.avatarUrl,
        text: found.text
      }
      await runCommand(socket, { type: 'comment:pin', comment })
      // A comment that was deleted between the two is not pinned, whatever the order in which the room learns of it.
      if (found && !(await comments.findShown(room.showId, commentId))) {
        await room.command({ kind: 'system' }, { type: 'server:commentsDeleted', commentIds: [commentId] })
      }
      return {}
    },
    async 'link:pin'(socket, link) {
      await runCommand(socket, { type: 'link:pin', ...link })
      return {}
    },
    async 'pin:remove'(socket) {
      await runCommand(socket, { type: 'pin:remove' })
      return {}
    }
  }
}
