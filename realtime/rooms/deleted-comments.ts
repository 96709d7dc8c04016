import type { CommentFeed } from '../delivery/comment-feed.ts'
import type { LiveRoom } from './live-room.ts'

/** Tells the members of a show that comments were deleted, and unpins the pinned one if it is among them. */
export async function forgetComments(
  room: Pick<LiveRoom, 'showId' | 'command'>,
  commentIds: readonly string[],
  feed: Pick<CommentFeed, 'deleted'>
): Promise<void> {
  feed.deleted(room.showId, commentIds)
  await room.command({ kind: 'system' }, { type: 'server:commentsDeleted', commentIds })
}
