import { ambient } from '../ambient.ts'
import type { RoomView, ShowRoom, ShownComment } from '../../../client/index.ts'
import type { Act } from '../stage/act.ts'
import { More } from '../stage/more.tsx'
import { actsOn } from '../stage/acts-on.ts'

interface CommentMoreProps {
  comment: ShownComment
  view: RoomView
  show: ShowRoom
  isTabStop: boolean
}

/** What can be done about a comment, and for a host about who wrote it. */
export function CommentMore({ comment: { id, author }, view, show, isTabStop }: CommentMoreProps) {
  const mine = author.id === view.me.userId

  function acts(): Act[] {
    return [
      ...(mine || view.me.isHost
        ? [{ words: 'Delete comment', isDanger: true, act: async () => await show.deleteComment(id) }]
        : []),
      ...(mine ? [] : [{ words: 'Report comment', report: { kind: 'comment', subjectId: id } } as const]),
      ...actsOn(view, show, { userId: author.id, displayName: author.displayName })
    ]
  }

  if (ambient.account.user?.guest) return null
  return (
    <span data-more=''>
      <More label={`More for the comment of ${author.displayName}`} acts={acts} isTabStop={isTabStop} isSmall />
    </span>
  )
}
