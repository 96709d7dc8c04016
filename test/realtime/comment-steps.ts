import type { Comment, CommentBatch, LiveComment } from '../../contract/comments.ts'
import type { Page } from '../../contract/paging.ts'
import type { ShowClient, TestUser } from '../users.ts'

/** Collects the comment batches that a client receives. */
export function collectComments({ socket }: ShowClient): {
  comments: LiveComment[]
  deletedIds: string[]
  batches: CommentBatch[]
} {
  const received = { comments: [] as LiveComment[], deletedIds: [] as string[], batches: [] as CommentBatch[] }
  socket.on('comments', batch => {
    received.batches.push(batch)
    received.comments.push(...batch.comments)
    received.deletedIds.push(...batch.deletedIds)
  })
  return received
}

/** Sends a comment and returns it as the server has stored it. */
export async function sendComment(
  client: ShowClient,
  clientId: string,
  text = `Comment ${clientId}`
): Promise<LiveComment> {
  return (await client.request('comment:send', { clientId, text })).comment
}

/** Returns a page of the comments of a show. */
export async function listComments(user: TestUser, showId: string, query = ''): Promise<Page<Comment>> {
  return await user.rest('GET', `/v1/shows/${showId}/comments${query}`)
}
