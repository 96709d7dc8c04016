import type { RoomView, ShowRoom, ShownComment } from '../../../client/index.ts'
import { ambient } from '../ambient.ts'
import type { MenuAction } from '../menu/menu-action.ts'
import { MoreButton } from '../menu/more-button.tsx'
import { memberActions } from '../show/member-actions.ts'

interface CommentMenuProps {
  comment: ShownComment
  view: RoomView
  show: ShowRoom
  isTabStop: boolean
  onReply: (comment: ShownComment) => void
}

/** The menu of a comment: reply to it, delete or report it, and for hosts the actions on its author. */
export function CommentMenu({ comment, view, show, isTabStop, onReply }: CommentMenuProps) {
  const { id, author } = comment
  const isMine = author.id === view.me.userId

  function actions(): MenuAction[] {
    return [
      { label: 'Reply', run: async () => onReply(comment) },
      ...(isMine || view.me.isHost
        ? [{ label: 'Delete comment', isDestructive: true, run: async () => await show.deleteComment(id) }]
        : []),
      ...(view.me.isHost
        ? [
            {
              label: 'Pin comment',
              run: async () => await (await import('../voting/audience-parts.tsx')).pinComment(show, id)
            }
          ]
        : []),
      ...(isMine ? [] : [{ label: 'Report comment', report: { kind: 'comment', subjectId: id } } as const]),
      ...memberActions(view, show, { userId: author.id, displayName: author.displayName })
    ]
  }

  if (ambient.account.user?.guest) return null
  return (
    <span data-comment-control='menu'>
      <MoreButton
        label={`More options for ${author.displayName}’s comment`}
        actions={actions}
        isTabStop={isTabStop}
        isSmall
      />
    </span>
  )
}
