import { useCallback } from 'react'
import type { Comment, Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import type { MenuAction } from '../menu/menu-action.ts'
import { MoreButton } from '../menu/more-button.tsx'
import { PagedList } from '../ui/paged-list.tsx'
import { usePagedList, type PageRequest } from '../ui/use-paged-list.ts'
import { CommentEntry } from './comment-entry.tsx'
import styles from './comment-list.module.css'

/** The comments of an ended show, newest first. Authors and the creator can still delete. */
export function PastComments({ show }: { show: Show }) {
  const user = useUser()
  const load = useCallback(async (page: PageRequest) => await ambient.comments.list(show.id, page), [show.id])
  const pages = usePagedList(load)

  function actionsFor({ id, author }: Comment): MenuAction[] {
    if (!user || user.guest) return []
    const canDelete = user.id === author.id || user.id === show.creator.id
    return [
      ...(canDelete
        ? [
            {
              label: 'Delete comment',
              isDestructive: true,
              run: async () => {
                await ambient.comments.delete(show.id, id)
                await pages.refresh()
              }
            }
          ]
        : []),
      ...(user.id === author.id
        ? []
        : [{ label: 'Report comment', report: { kind: 'comment', subjectId: id } } as const])
    ]
  }

  return (
    <PagedList pages={pages} empty={<p>No comments in this show.</p>}>
      {comment => (
        <li className={styles.entry}>
          <CommentEntry
            comment={{ ...comment, createdAt: Date.parse(comment.createdAt), state: 'sent', error: null }}
            role={comment.author.id === show.creator.id ? 'Host' : ''}
            menu={
              actionsFor(comment).length > 0 && (
                <MoreButton
                  label={`More options for ${comment.author.displayName}’s comment`}
                  actions={() => actionsFor(comment)}
                  isSmall
                />
              )
            }
          />
        </li>
      )}
    </PagedList>
  )
}
