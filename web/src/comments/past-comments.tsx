import { useCallback } from 'react'
import type { Comment, Show } from '../../../client/index.ts'
import { ambient, useUser } from '../ambient.ts'
import { Listing } from '../parts/listing.tsx'
import { usePages, type PageAsked } from '../parts/use-pages.ts'
import type { Act } from '../stage/act.ts'
import { More } from '../stage/more.tsx'
import { CommentEntry } from './comment-entry.tsx'
import styles from './comment-list.module.css'

/** What was said in a show that is over, newest first. Authors and the creator may still delete. */
export function PastComments({ show }: { show: Show }) {
  const user = useUser()
  const load = useCallback(async (page: PageAsked) => await ambient.comments.list(show.id, page), [show.id])
  const pages = usePages(load)

  function actsOn({ id, author }: Comment): Act[] {
    if (!user || user.guest) return []
    const mayDelete = user.id === author.id || user.id === show.creator.id
    return [
      ...(mayDelete
        ? [
            {
              words: 'Delete comment',
              isDanger: true,
              act: async () => {
                await ambient.comments.delete(show.id, id)
                await pages.refresh()
              }
            }
          ]
        : []),
      ...(user.id === author.id
        ? []
        : [{ words: 'Report comment', report: { kind: 'comment', subjectId: id } } as const])
    ]
  }

  return (
    <Listing pages={pages} empty={<p>Nobody wrote anything in this show.</p>}>
      {comment => (
        <li className={styles.entry}>
          <CommentEntry
            comment={{ ...comment, createdAt: Date.parse(comment.createdAt), state: 'sent', error: null }}
            role={comment.author.id === show.creator.id ? 'Host' : ''}
            more={
              actsOn(comment).length > 0 && (
                <More
                  label={`More for the comment of ${comment.author.displayName}`}
                  acts={() => actsOn(comment)}
                  isSmall
                />
              )
            }
          />
        </li>
      )}
    </Listing>
  )
}
